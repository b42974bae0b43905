import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { Departure, OpenDeparture } from "@pomona/contract";
import { type EscrowRig, escrowRig } from "../../testing/escrow-rig.ts";
import { setBootstrapToken } from "./bootstrap-token.ts";
import { STEP_STATES } from "./departure-model.ts";
import { ROTATIONS, SLOTS } from "./model.ts";
import { SecretBook } from "./secret-book.ts";

async function departingMac(rig: EscrowRig, hasAgent = true) {
  const tenantId = await rig.newTenant("Orchard");
  const deviceId = await rig.newMac(tenantId, { hasAgent });
  const act = async (what: string, input: Record<string, unknown> = {}): Promise<Departure> => {
    const done = await rig.perform(`escrow.${what}`, rig.person(tenantId), { deviceId, ...input });
    await rig.settle();
    return done as Departure;
  };
  const show = async (): Promise<Departure> =>
    ((await act("show-departure")) as unknown as { departure: Departure }).departure;
  const stateOf = async (step: string) => (await show()).steps.find((each) => each.step === step)!;
  return { tenantId, deviceId, act, show, stateOf };
}
/** The Mac entrusts its token. */
const entrust = async (rig: EscrowRig, { tenantId, deviceId }: Awaited<ReturnType<typeof departingMac>>) => {
  const set = setBootstrapToken(rig.kernel, new SecretBook(rig.kernel.vault));
  const message = {
    messageType: "SetBootstrapToken",
    from: { channel: "device" },
    bootstrapToken: Buffer.from("token"),
  };
  const remember = () => Promise.resolve();
  await set({ message, certificate: { tenantId }, remember } as never, { deviceId } as never);
  await rig.settle();
};
const account = (name: string, hasSecureToken: boolean) => ({
  name,
  isAdmin: false,
  hasSecureToken,
  isVolumeOwner: hasSecureToken,
});
const looked = async (
  rig: EscrowRig,
  mac: Awaited<ReturnType<typeof departingMac>>,
  accounts: readonly ReturnType<typeof account>[],
) => {
  await rig.finish(mac, "bootstrap-token-status", { isSupported: true, isEscrowed: true });
  await rig.finish(mac, "secure-token-status", { accounts, fileVault: false });
};

test("a departed user's Mac is handed over: token checked, account made, one login, verified", async () => {
  await using rig = await escrowRig();
  const mac = await departingMac(rig);
  await entrust(rig, mac);
  await mac.act("start-departure");
  await looked(rig, mac, [account("gone", true)]);
  assert.equal((await mac.show()).step, "decide");
  await mac.act("continue-departure", { step: "decide", choice: "handOver" });
  await mac.act("skip-departure-step", { step: "update", reason: "it was updated yesterday" });
  const asked = await mac.stateOf("account");
  assert.deepEqual(
    [asked.state, asked.findings.map(({ text }) => text)],
    ["needsPerson", ["gone: has a secure token"]],
  );
  assert.deepEqual((await mac.show()).accounts, [{ name: "gone", isAdmin: false, hasSecureToken: true }]);
  const next = { name: "next", create: true, fullName: "Next Person" };
  await mac.act("continue-departure", { step: "account", account: next });
  const order = await rig.finish(mac, "create-account", { name: "next" });
  const password = String(order.input["password"]);
  const input = { deviceId: mac.deviceId, kind: "accountPassword", reason: "first login of Next Person" };
  const shown = (await rig.perform("escrow.reveal-password", rig.person(mac.tenantId), input)) as { value: string };
  assert.equal(shown.value, password);
  const login = await mac.stateOf("login");
  assert.match(login.todo ?? "", /Have next log in once/);
  assert.match(login.limit ?? "", /Nobody can log in from afar/);
  await mac.act("continue-departure", { step: "login" });
  await looked(rig, mac, [account("gone", true), account("next", false)]);
  assert.equal((await mac.stateOf("login")).state, "needsPerson", "it has not logged in yet");
  // Then it does, and the job looks.
  await rig.job("escrow/look-at-logins");
  await rig.finish(mac, "secure-token-status", { accounts: [account("next", true)], fileVault: false });
  assert.equal((await mac.show()).step, "verify");
  await looked(rig, mac, [account("gone", true), account("next", true)]);
  const done = await mac.show();
  assert.deepEqual([done.state, done.step], ["done", null]);
  assert.deepEqual(
    done.steps.map(({ state }) => state),
    ["done", "done", "skipped", "done", "done", "done"],
  );
  assert.ok(!JSON.stringify([done, rig.facts]).includes(password));
});

test("what is wrong is said plainly, and two people do not do one step twice", async () => {
  await using rig = await escrowRig();
  const mac = await departingMac(rig);
  await mac.act("start-departure");
  await assert.rejects(mac.act("start-departure"), { code: "escrow.departure-open" });
  await looked(rig, mac, [account("gone", false)]);
  const found = await mac.stateOf("escrow");
  assert.equal(found.state, "needsPerson");
  assert.match(
    found.findings.map(({ text }) => text).join(" "),
    /bootstrap token is not in escrow.*No account has a secure token/,
  );
  await assert.rejects(mac.act("continue-departure", { step: "login" }), { code: "escrow.other-step" });
  await mac.act("skip-departure-step", { step: "escrow", reason: "it is erased anyway" });
  await assert.rejects(mac.act("continue-departure", { step: "decide" }), { code: "input.invalid" });
  const ended = await mac.act("continue-departure", { step: "decide", choice: "erase" });
  assert.deepEqual([ended.state, rig.sent.map(({ requestType }) => requestType)], ["done", ["EraseDevice"]]);
});

test("an account that could not be made can be tried again, and its password is not lost", async () => {
  await using rig = await escrowRig();
  const mac = await departingMac(rig);
  await mac.act("start-departure");
  await mac.act("skip-departure-step", { step: "escrow", reason: "known" });
  await mac.act("continue-departure", { step: "decide", choice: "handOver" });
  await mac.act("continue-departure", { step: "update", isDone: true });
  await mac.act("continue-departure", { step: "account", account: { name: "next", create: true } });
  await rig.finish(mac, "create-account", null, "unknown");
  assert.deepEqual((await mac.stateOf("account")).state, "failed");
  await assert.rejects(mac.act("continue-departure", { step: "account", account: { name: "-admin", create: true } }), {
    code: "input.invalid",
  });
  await mac.act("continue-departure", { step: "account", account: { name: "next", create: true } });
  await rig.finish(mac, "create-account", { name: "next" });
  assert.equal((await mac.stateOf("account")).state, "done");
});

test("updates are asked for over MDM, what the Mac offers of its own system", async () => {
  await using rig = await escrowRig();
  const mac = await departingMac(rig);
  await mac.act("start-departure");
  await mac.act("skip-departure-step", { step: "escrow", reason: "known" });
  await mac.act("continue-departure", { step: "decide", choice: "handOver" });
  await mac.act("continue-departure", { step: "update" });
  const update = (key: string, isMajor: boolean) => ({
    ProductKey: key,
    HumanReadableName: key,
    Version: "26.1",
    IsMajorOSUpdate: isMajor,
  });
  const offered = { AvailableOSUpdates: [update("MSU_26_1", false), update("MSU_27", true)] };
  await rig.answer(mac.tenantId, "AvailableOSUpdates", "acknowledged", offered);
  assert.deepEqual(
    rig.sent.map(({ input }) => input),
    [{ updates: [{ productKey: "MSU_26_1", installAction: "InstallASAP" }] }],
  );
  await rig.answer(mac.tenantId, "ScheduleOSUpdate", "acknowledged", {});
  assert.equal((await mac.show()).step, "account");
});

test("without an agent a person looks, and the runbook says so; it can be stopped", async () => {
  await using rig = await escrowRig();
  const mac = await departingMac(rig, false);
  const started = await mac.act("start-departure");
  assert.match(started.steps[0]?.todo ?? "", /agent is not on this Mac/);
  await mac.act("continue-departure", { step: "escrow", isDone: true });
  const ended = await mac.act("abort-departure");
  assert.deepEqual([ended.state, ended.step], ["aborted", null]);
  await assert.rejects(mac.act("abort-departure"), { code: "escrow.no-departure" });
});

test("open runbooks are listed with what each waits for, until they end", async () => {
  await using rig = await escrowRig();
  const mac = await departingMac(rig, false);
  const other = await rig.newMac(mac.tenantId, { hasAgent: false });
  const list = async (input = {}) =>
    (await rig.perform("escrow.list-departures", rig.person(mac.tenantId), input)) as {
      items: OpenDeparture[];
      nextCursor: string | null;
    };
  assert.deepEqual(await list(), { items: [], nextCursor: null });
  await mac.act("start-departure");
  await mac.act("start-departure", { deviceId: other });
  const { items } = await list();
  assert.deepEqual(
    items.map(({ deviceId }) => deviceId),
    [mac.deviceId, other].sort(),
  );
  const step = await mac.stateOf("escrow");
  const shown = items.find(({ deviceId }) => deviceId === mac.deviceId)!;
  assert.deepEqual([shown.step, shown.title, shown.state, shown.todo], ["escrow", step.title, step.state, step.todo]);
  const first = await list({ limit: 1 });
  const second = await list({ limit: 1, cursor: first.nextCursor });
  assert.deepEqual([...first.items, ...second.items], items);
  assert.equal(second.nextCursor, null);
  await mac.act("abort-departure");
  assert.deepEqual(
    (await list()).items.map(({ deviceId }) => deviceId),
    [other],
  );
  const elsewhere = await rig.newTenant("Elsewhere");
  assert.deepEqual(await rig.perform("escrow.list-departures", rig.person(elsewhere), {}), {
    items: [],
    nextCursor: null,
  });
});

test("the README draws the states as the tables have them", async () => {
  const readme = await readFile(new URL("README.md", import.meta.url), "utf8");
  const drawn = (title: string): string[] =>
    (new RegExp(`### ${title}\\n+\`\`\`\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1] ?? "").trim().split("\n").sort();
  const listed = (table: Readonly<Record<string, readonly string[]>>): string[] =>
    Object.entries(table)
      .map(([from, to]) => `${from} -> ${to.length === 0 ? "(end)" : to.join(", ")}`)
      .sort();
  assert.deepEqual(drawn("Rotations"), listed(ROTATIONS));
  assert.deepEqual(drawn("Steps"), listed(STEP_STATES));
  const slots = Object.entries(SLOTS).flatMap(([from, events]) =>
    Object.entries(events).map(([event, to]) => `${from} ${event} -> ${to}`),
  );
  assert.deepEqual(drawn("Slots"), slots.sort());
});
