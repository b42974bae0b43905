import assert from "node:assert/strict";
import { test } from "node:test";
import type { Batch } from "@pomona/contract";
import { asId, type CommandId, type DeviceId, type TenantId } from "@pomona/facts";
import type { BoundAction } from "../../kernel/action.ts";
import { newId } from "../../kernel/clock.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { Performer } from "../../kernel/perform.ts";
import { type Scope, systemScope } from "../../kernel/scope.ts";
import { MovableClock, type TestKernel, testKernel } from "../../testing/test-kernel.ts";
import { createAccess } from "../access/feature.ts";
import { budgetOf, DEFAULT_LIMITS, undoPolicy } from "../access/index.ts";
import { createCommands } from "../commands/feature.ts";
import type { AskedCommand } from "../commands/index.ts";
import { createDevices } from "../devices/feature.ts";
import { upsertDeviceAtEnrollment } from "../devices/index.ts";
import { insertEnrollment, updateEnrollment } from "../enrollment/enrollments.sql.ts";
import { createEnrollment } from "../enrollment/feature.ts";
import { createTenants } from "../tenants/feature.ts";
import { Authority } from "../tenants/index.ts";
import { createBatches } from "./feature.ts";

const TENANT: TenantId = asId<"tenant">("t1");
const SCOPE = systemScope(TENANT, "test");
const TERMS = { serverUrl: "", checkInUrl: "", topic: "topic", accessRights: 8191, capabilities: [] };

const enrollmentOf = (kernel: Kernel) =>
  createEnrollment(kernel, {
    authority: new Authority(kernel),
    pushTopic: async () => "topic",
    urls: () => ({ api: "", device: "", root: "" }),
    canAttest: false,
  }).feature;

/** Commands and batches on a real store; pushes are counted and go nowhere. */
function compose(kernel: Kernel, approval?: (asked: AskedCommand) => boolean) {
  const pushes: DeviceId[] = [];
  const undo = undoPolicy(DEFAULT_LIMITS);
  const ports = {
    undo,
    approval: {
      needed: async (_tx: unknown, asked: AskedCommand) =>
        approval?.(asked) === true ? ("approval" as const) : undefined,
    },
  };
  const commands = createCommands(kernel, {
    enrollment: { onReset: () => {}, onAwaiting: () => {}, noteConfigured: async () => {} },
    push: { wake: (_tenantId, deviceId) => void pushes.push(deviceId) },
    ...ports,
  });
  const batches = createBatches(kernel, { commands, ...ports });
  const features = [
    createAccess(kernel, () => "").feature,
    createDevices(kernel).feature,
    commands.feature,
    batches.feature,
  ];
  const performer = new Performer(kernel, {
    audit: { record: async () => {} },
    budget: budgetOf(DEFAULT_LIMITS),
    idempotency: { find: async () => undefined, keep: async () => {} },
  });
  const actions = new Map(features.flatMap(({ actions: all }) => all).map((a) => [a.contract.name as string, a]));
  const person: Scope = { ...SCOPE, actor: { kind: "person", id: "p", name: "Pat" } };
  const job = (name: string) => features.flatMap(({ jobs = [] }) => jobs).find((each) => each.name === name)!;
  return {
    features,
    commands,
    batches,
    pushes,
    act: <T>(name: string, input: unknown) =>
      performer.perform(actions.get(name) as BoundAction, person, input) as Promise<T>,
    /** Until the runner has nothing to do. */
    carryOut: async () => {
      await job("batches/run").run();
      for (let quiet = 0, before = -1; quiet < 6; ) {
        await new Promise((resolve) => setTimeout(resolve, 40));
        quiet = pushes.length === before ? quiet + 1 : 0;
        before = pushes.length;
      }
      await job("batches/tell-progress").run();
    },
    stop: () => batches.feature.stop!(),
  };
}
type Composed = ReturnType<typeof compose>;

/** Macs that are enrolled, their ids in order. */
async function macs(kernel: TestKernel, count: number, options: { enrolled?: boolean } = {}): Promise<DeviceId[]> {
  return kernel.store.write(SCOPE, async (tx) => {
    const ids: DeviceId[] = [];
    for (let n = 0; n < count; n++) {
      const serialNumber = `S${newId<"x">().slice(-10)}`;
      const mac = { serialNumber, udid: serialNumber, name: serialNumber, model: "Mac16,1", osVersion: "26.0" };
      const { deviceId } = await upsertDeviceAtEnrollment(tx, mac);
      ids.push(deviceId);
      if (options.enrolled === false) continue;
      const id = newId<"enrollment">();
      await insertEnrollment(tx, {
        id,
        invitationId: null,
        boundSerialNumber: null,
        isAttested: false,
        topic: "topic",
        mdmTerms: TERMS,
      });
      await updateEnrollment(tx, id, { state: "enrolled", identifier: serialNumber, deviceId });
    }
    return ids.sort();
  });
}
async function setUp(clock = new MovableClock(Date.now()), approval?: (asked: AskedCommand) => boolean) {
  const kernel = testKernel(clock);
  const composed = compose(kernel, approval);
  kernel.store.migrate([
    ...createTenants().migrations,
    ...enrollmentOf(kernel).migrations,
    ...composed.features.flatMap(({ migrations }) => migrations),
  ]);
  return { kernel, clock, ...composed };
}
const create = ({ act }: Pick<Composed, "act">, input: Record<string, unknown> = {}) =>
  act<Batch & { unknown: string[] }>("batches.create", { requestType: "SecurityInfo", filter: {}, ...input });
const show = ({ act }: Pick<Composed, "act">, batchId: string) => act<Batch>("batches.show", { batchId });
const upcoming = async ({ act }: Pick<Composed, "act">, deviceId: DeviceId) =>
  (
    await act<{ items: { id: CommandId; commandUuid: string }[] }>("commands.list-commands", {
      deviceId,
      state: "upcoming",
    })
  ).items;

test("a batch reaches every Mac that fits, each once, under one UUID; those that cannot take it are told with their reason", async () => {
  const stage = await setUp();
  await using _kernel = stage.kernel;
  const ids = await macs(stage.kernel, 60);
  const [gone] = await macs(stage.kernel, 1, { enrolled: false });
  const stranger = newId<"device">();
  const preview = await stage.act<Record<string, unknown>>("batches.preview", {
    requestType: "SecurityInfo",
    filter: {},
    deviceIds: [stranger, ids[0]],
  });
  assert.deepEqual([preview["total"], preview["possible"], preview["unknown"]], [61, 60, [stranger]]);
  const batch = await create(stage, { deviceIds: [stranger, ids[0]] });
  assert.deepEqual(batch.unknown, [stranger]);
  await stage.carryOut();
  for (const id of ids)
    assert.deepEqual(
      (await upcoming(stage, id)).map((c) => c.commandUuid),
      [batch.commandUuid],
    );
  assert.deepEqual(new Set(stage.pushes), new Set(ids));
  const now = await show(stage, batch.id);
  assert.equal(now.state, "sending");
  assert.deepEqual([now.total, now.progress.queued, now.progress.waiting, now.progress.notPossible], [61, 60, 0, 1]);
  const refused = await stage.act<{ items: { deviceId: string; reason: string }[] }>("batches.list-refused", {
    batchId: batch.id,
  });
  assert.deepEqual(
    refused.items.map(({ deviceId }) => deviceId),
    [gone],
  );
  assert.match(now.refusals[0]!.reason, /not enrolled/);
});

test("a batch that is interrupted anywhere goes on after a restart, and no Mac gets its command twice or not at all", async () => {
  for (const failAt of [1, 2, 3, 4]) {
    const stage = await setUp();
    await using kernel = stage.kernel;
    const ids = await macs(kernel, 90);
    // The disk goes away in the middle of the batch, as a power cut would have it.
    let writes = 0;
    const failing: Kernel = {
      ...kernel,
      store: {
        read: (scope, body) => kernel.store.read(scope, body),
        write: (scope, body) =>
          kernel.store.write(scope, async (tx) => {
            const result = await body(tx);
            if (scope.actor.id === "batches" && ++writes >= failAt) throw new Error("power cut");
            return result;
          }),
      },
    };
    const first = compose(failing);
    const batch = await create(first);
    await first.carryOut().catch(() => {});
    await first.stop();
    assert.ok((await show(stage, batch.id)).progress.waiting > 0);
    const second = compose(kernel);
    for (const feature of second.features) await feature.start?.();
    await second.carryOut();
    for (const id of ids) assert.equal((await upcoming(second, id)).length, 1);
    assert.equal((await show(second, batch.id)).progress.queued, 90);
    for (const feature of second.features) await feature.stop?.();
  }
});

test("the budget is charged with the number of Macs, and a batch beyond it changes nothing", async () => {
  const stage = await setUp();
  await using _kernel = stage.kernel;
  await macs(stage.kernel, 21);
  const erase = { requestType: "EraseDevice", input: { pin: "123456", obliterationBehavior: "Default" } };
  await assert.rejects(create(stage, erase), { code: "budget.exceeded" });
  assert.deepEqual((await stage.act<{ items: unknown[] }>("batches.list", {})).items, []);
  // Questions are free.
  await create(stage);
});

test("a destructive batch waits for the end of its undo window, and can be taken back whole before it", async () => {
  const stage = await setUp();
  await using _kernel = stage.kernel;
  const ids = await macs(stage.kernel, 5);
  const lock = { requestType: "DeviceLock", input: { pin: "123456" } };
  const [taken, kept] = [await create(stage, lock), await create(stage, lock)];
  await stage.carryOut();
  assert.match(kept.waitsFor ?? "", /undo window/);
  for (const id of ids) assert.deepEqual(await upcoming(stage, id), []);
  await stage.act("batches.cancel", { batchId: taken.id });
  stage.clock.advance(31_000);
  await stage.carryOut();
  for (const id of ids)
    assert.deepEqual(
      (await upcoming(stage, id)).map((c) => c.commandUuid),
      [kept.commandUuid],
    );
});

test("a batch that needs a second person waits for that person", async () => {
  const stage = await setUp(undefined, ({ devices }) => devices > 3);
  await using kernel = stage.kernel;
  const ids = await macs(kernel, 5);
  const batch = await create(stage);
  await stage.carryOut();
  assert.equal((await show(stage, batch.id)).state, "held");
  assert.equal(await kernel.store.write(SCOPE, (tx) => stage.batches.release(tx, asId<"batch">(batch.id))), true);
  await stage.carryOut();
  for (const id of ids) assert.equal((await upcoming(stage, id)).length, 1);
});

test("a paused batch sends nothing, a resumed one goes on, a cancelled one takes back what is not sent", async () => {
  const stage = await setUp();
  await using kernel = stage.kernel;
  const ids = await macs(kernel, 40);
  const batch = await create(stage);
  await stage.carryOut();
  await stage.act("batches.pause", { batchId: batch.id });
  await stage.carryOut();
  const { readOpen, markSent } = await import("../commands/commands.sql.ts");
  const head = (id: DeviceId) => kernel.store.read(SCOPE, (tx) => readOpen(tx, id, { limit: 1, isPostponedToo: true }));
  for (const id of ids) assert.deepEqual(await head(id), []);
  await stage.act("batches.resume", { batchId: batch.id });
  await stage.carryOut();
  for (const id of ids) assert.equal((await head(id)).length, 1);
  const [sent] = await head(ids[0]!);
  await kernel.store.write(SCOPE, (tx) => markSent(tx, sent!.id));
  await stage.act("batches.cancel", { batchId: batch.id });
  await stage.carryOut();
  const { progress, state } = await show(stage, batch.id);
  assert.deepEqual([state, progress.sent, progress.cancelled], ["cancelled", 1, 39]);
  await assert.rejects(stage.act("batches.resume", { batchId: batch.id }), { code: "batch.wrong-state" });
});

test("progress is told in few facts, and a batch whose commands have all ended is done", async () => {
  const stage = await setUp();
  await using kernel = stage.kernel;
  const ids = await macs(kernel, 70);
  const batch = await create(stage);
  await stage.carryOut();
  const end = async (id: DeviceId, state: "acknowledged" | "error", error: string | null) =>
    kernel.store.write(SCOPE, async (tx) => {
      const { readAllOpen } = await import("../commands/commands.sql.ts");
      const [row] = await readAllOpen(tx, id);
      await stage.commands.queue.end(tx, row!, state, { error });
    });
  for (const id of ids.slice(0, 60)) await end(id, "acknowledged", null);
  for (const id of ids.slice(60)) await end(id, "error", "No.");
  await stage.carryOut();
  const { state, progress, failures, finishedAt } = await show(stage, batch.id);
  assert.deepEqual([state, progress.acknowledged, progress.failed], ["done", 60, 10]);
  assert.deepEqual(failures, [{ reason: "No.", devices: 10 }]);
  assert.notEqual(finishedAt, null);
  const facts = await kernel.store.readAfter(0, { types: ["batch.changed", "command.queued"], limit: 1000 });
  assert.ok(facts.length <= 6, `${facts.length} facts`);
});

test("the input of a batch is kept once and sealed, and each command renders it", async () => {
  const stage = await setUp();
  await using kernel = stage.kernel;
  const [id] = await macs(kernel, 3);
  const payload = Buffer.from("a profile with a password").toString("base64");
  await create(stage, { requestType: "InstallProfile", input: { payload } });
  await stage.carryOut();
  const { readAllOpen } = await import("../commands/commands.sql.ts");
  const { readInput } = await import("../commands/batch-rows.sql.ts");
  const { openInput } = await import("../commands/command-input.ts");
  const { commandCatalog } = await import("../commands/index.ts");
  await kernel.store.read(SCOPE, async (tx) => {
    const [row] = await readAllOpen(tx, id!);
    assert.equal(row!.input, "");
    const packed = await readInput(tx, row!);
    assert.equal(packed.input.includes(payload), false);
    const definition = commandCatalog.get("InstallProfile")!;
    assert.deepEqual(openInput(kernel.vault, TENANT, packed, definition), { payload });
  });
});

test("after a restore a batch that was being queued is held with the rest, and goes on when released", async () => {
  const stage = await setUp();
  await using kernel = stage.kernel;
  const ids = await macs(kernel, 4);
  const lock = await create(stage, { requestType: "DeviceLock", input: { pin: "123456" } });
  await stage.commands.holdRestored(TENANT, "a test");
  stage.clock.advance(60_000);
  await stage.carryOut();
  assert.equal((await show(stage, lock.id)).state, "held");
  for (const id of ids) assert.deepEqual(await upcoming(stage, id), []);
  assert.deepEqual(await stage.act("commands.release-held", {}), { commands: 0, orders: 0, batches: 1 });
  await stage.carryOut();
  for (const id of ids) assert.equal((await upcoming(stage, id)).length, 1);
});
