import assert from "node:assert/strict";
import { test } from "node:test";
import type { OutputOf, showEscrow } from "@pomona/contract";
import type { DeviceId, TenantId } from "@pomona/facts";
import { type FakeKms, startFakeKms } from "@pomona/testkit";
import { AwsKms } from "../../adapters/kms/aws-kms.ts";
import { type EscrowRig, envelopeOf, escrowRig } from "../../testing/escrow-rig.ts";
import { setAgentState } from "../devices/index.ts";
import { EscrowKeys } from "./escrow-keys.ts";
import { readNewestEnvelope } from "./keys.sql.ts";
import { SecretBook } from "./secret-book.ts";
import { readSecrets } from "./secrets.sql.ts";

const FIRST = "AAAA-BBBB-CCCC-DDDD-EEEE-1111";
const SECOND = "FFFF-GGGG-HHHH-JJJJ-KKKK-2222";
const DAY = 86_400_000;
const REASON = "the user forgot the password";

interface Mac {
  readonly tenantId: TenantId;
  readonly deviceId: DeviceId;
}
interface Bench extends AsyncDisposable {
  readonly rig: EscrowRig;
  readonly fake: FakeKms;
  readonly mac: Mac;
}

/** A Mac with the escrow profile in a tenant whose keys go to a KMS, unless told otherwise. */
async function bench({ isOn = true, hasAgent = true } = {}): Promise<Bench> {
  const fake = await startFakeKms();
  const kms = new AwsKms({ url: fake.url, credentials: () => fake.credentials, timeoutMs: 300 });
  const rig = await escrowRig({ kms });
  const tenantId = await rig.newTenant("Orchard");
  if (isOn) await use(rig, tenantId, fake.newKey());
  const deviceId = await rig.newMac(tenantId, { hasAgent });
  await rig.job("escrow/send-profiles");
  await rig.answer(tenantId, "InstallProfile", "acknowledged");
  return {
    rig,
    fake,
    mac: { tenantId, deviceId },
    [Symbol.asyncDispose]: async () => {
      await rig[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

const use = (rig: EscrowRig, tenantId: TenantId, keyId: string | null) =>
  rig.perform("escrow.change-recipient", rig.person(tenantId), { keyId });
const rowsOf = (rig: EscrowRig, { tenantId, deviceId }: Mac) =>
  rig.write(tenantId, (tx) => readSecrets(tx, deviceId, "fileVaultKey"));
const overview = async (rig: EscrowRig, tenantId: TenantId) =>
  (await rig.perform("escrow.show-escrow", rig.person(tenantId), {})) as OutputOf<typeof showEscrow>;
const reveal = async (rig: EscrowRig, { tenantId, deviceId }: Mac, secretId?: string) => {
  const input = { deviceId, reason: REASON, ...(secretId === undefined ? {} : { secretId }) };
  return ((await rig.perform("escrow.reveal-recovery-key", rig.person(tenantId), input)) as { value: string }).value;
};

/** The Mac hands out a key with SecurityInfo. */
async function send(rig: EscrowRig, mac: Mac, key: string): Promise<void> {
  const { certificate } = await new EscrowKeys(rig.kernel, rig.authority).current(mac.tenantId);
  const SecurityInfo = { FDE_Enabled: true, FDE_PersonalRecoveryKeyCMS: envelopeOf(key, certificate) };
  if (!rig.sent.some(({ requestType }) => requestType === "SecurityInfo"))
    await rig.queueByHand(mac.tenantId, mac.deviceId, "SecurityInfo", {});
  await rig.answer(mac.tenantId, "SecurityInfo", "acknowledged", { SecurityInfo });
}
const prove = (rig: EscrowRig, mac: Mac, verdict: "right" | "wrong" = "right") =>
  rig.finish(mac, "validate-recovery-key", { verdict });

test("a recovery key is sealed so that only the KMS opens it, proved, and shown through the KMS", async () => {
  await using at = await bench();
  const { rig, fake, mac } = at;
  fake.asked.length = 0;
  await send(rig, mac, FIRST);
  assert.deepEqual(
    rig.given.map(({ input }) => (input as { prk: string }).prk),
    [FIRST],
    "the Mac is to prove it",
  );
  await prove(rig, mac);
  assert.deepEqual(fake.asked, [], "sealing and proving asks the KMS for nothing");
  const [row] = await rowsOf(rig, mac);
  assert.deepEqual([row?.sealed.recipient, row?.slot], ["kms", "current"]);
  const place = { table: "escrow_secrets", row: row!.id, field: "sealed_value" };
  assert.throws(() => rig.kernel.vault.open(mac.tenantId, place, row!.sealed), { code: "vault.cannot-open" });
  await assert.rejects(rig.kernel.vault.openAnywhere(mac.tenantId, { ...place, row: "other" }, row!.sealed), {
    code: "vault.cannot-open",
  });
  assert.equal(
    await rig.write(mac.tenantId, (tx) => readNewestEnvelope(tx, mac.deviceId)),
    undefined,
    "no second copy",
  );
  assert.equal(await reveal(rig, mac), FIRST);
  assert.deepEqual(fake.asked, ["Decrypt", "Decrypt"]);
});

test("while the KMS is away keys are still taken in; a reveal says why it cannot be, and nothing is lost", async () => {
  await using at = await bench();
  const { rig, fake, mac } = at;
  await send(rig, mac, FIRST);
  await prove(rig, mac);
  for (const [mood, code] of [
    ["silent", "kms.unreachable"],
    ["denies", "kms.refused"],
    ["fails", "kms.unreachable"],
  ] as const) {
    fake.mood = mood;
    await assert.rejects(reveal(rig, mac), (error: Error & { code: string; kind: string }) => {
      assert.match(error.message, /Nothing is lost/);
      return error.code === code && error.kind === "unavailable";
    });
  }
  const [before] = await rowsOf(rig, mac);
  assert.deepEqual([before?.revealedAt, before?.rotateAt], [null, null], "what nobody saw is not replaced");
  fake.mood = "silent";
  await send(rig, mac, SECOND);
  await prove(rig, mac);
  const rows = await rowsOf(rig, mac);
  assert.deepEqual(
    rows.map(({ slot, sealed }) => [slot, sealed.recipient]),
    [
      ["current", "kms"],
      ["old", "kms"],
    ],
  );
  fake.mood = "works";
  assert.equal(await reveal(rig, mac), SECOND);
  assert.equal(await reveal(rig, mac, rows[1]!.id), FIRST);
});

test("a key that the Mac reports again is known without asking the KMS, also after a new data key", async () => {
  await using at = await bench();
  const { rig, fake, mac } = at;
  await send(rig, mac, FIRST);
  await prove(rig, mac);
  fake.asked.length = 0;
  await send(rig, mac, FIRST);
  rig.kernel.vault.rotateDataKey(mac.tenantId);
  await send(rig, mac, FIRST);
  assert.equal((await rowsOf(rig, mac)).length, 1);
  assert.deepEqual(fake.asked, []);
});

test("a rotation unlocks with the key that the KMS opened ahead; without the KMS it waits, and other Macs go on", async () => {
  await using at = await bench();
  const { rig, fake, mac } = at;
  await send(rig, mac, FIRST);
  await prove(rig, mac);
  const rotate = () =>
    rig.perform("escrow.rotate-secret", rig.person(mac.tenantId), { deviceId: mac.deviceId, kind: "fileVaultKey" });
  fake.mood = "denies";
  await assert.rejects(rotate(), { code: "kms.refused" });
  assert.equal(rig.sent.length, 0);
  fake.mood = "works";
  await reveal(rig, mac);
  rig.clock.advance(2 * 3_600_000);
  fake.mood = "silent";
  const other = await rig.newTenant("Vineyard");
  const lockMac = await rig.newMac(other);
  await rig.perform("escrow.rotate-secret", rig.person(other), { deviceId: lockMac, kind: "recoveryLock" });
  rig.sent.length = 0;
  await rig.job("escrow/rotate-due");
  assert.ok(!rig.sent.some(({ requestType }) => requestType === "RotateFileVaultKey"));
  assert.match(
    JSON.stringify(rig.facts.findLast(({ type }) => type === "escrow.rotation-changed")?.data),
    /KMS cannot be reached/,
  );
  fake.mood = "works";
  await rig.job("escrow/rotate-due");
  assert.equal(rig.sent.length, 0, "it does not ask the KMS at every turn");
  rig.clock.advance(400_000);
  await rig.job("escrow/rotate-due");
  const command = rig.sent.find(({ requestType }) => requestType === "RotateFileVaultKey");
  assert.equal(command?.input["unlockSecret"], FIRST);
});

test("where the key that counted does not open the disk, the one that came later is opened by the KMS and tried", async () => {
  await using at = await bench({ hasAgent: false });
  const { rig, mac } = at;
  await send(rig, mac, FIRST);
  const [first] = await rowsOf(rig, mac);
  await rig.write(mac.tenantId, async (tx) => {
    await new SecretBook(rig.kernel.vault).confirm(tx, first!, "right");
  });
  await send(rig, mac, SECOND);
  const rotate = { deviceId: mac.deviceId, kind: "fileVaultKey" };
  await rig.perform("escrow.rotate-secret", rig.person(mac.tenantId), rotate);
  const unlocks = () =>
    rig.sent
      .filter(({ requestType }) => requestType === "RotateFileVaultKey")
      .map(({ input }) => input["unlockSecret"]);
  assert.deepEqual(unlocks(), [FIRST]);
  await rig.answer(mac.tenantId, "RotateFileVaultKey", "error");
  assert.deepEqual(unlocks(), []);
  await rig.job("escrow/rotate-due");
  assert.deepEqual(unlocks(), [SECOND]);
});

test("the KMS is asked about each key once a day; what it says of itself is told apart from a key that is broken", async () => {
  await using at = await bench();
  const { rig, fake, mac } = at;
  await send(rig, mac, FIRST);
  await prove(rig, mac);
  fake.asked.length = 0;
  rig.clock.advance(2 * 3_600_000);
  await rig.job("escrow/check-seals");
  await rig.job("escrow/check-kms");
  assert.deepEqual(fake.asked, [], "not every hour");
  rig.clock.advance(DAY);
  fake.mood = "denies";
  await rig.job("escrow/check-kms");
  const shown = await overview(rig, mac.tenantId);
  assert.deepEqual([shown.recipient?.state, shown.broken.total], ["refused", 0]);
  fake.mood = "works";
  rig.clock.advance(600_000);
  await rig.job("escrow/check-kms");
  assert.equal((await overview(rig, mac.tenantId)).recipient?.state, "works");
  assert.deepEqual(
    rig.facts.filter(({ type }) => type === "escrow.kms-changed").map(({ data }) => (data as { state: string }).state),
    ["refused", "works"],
  );
  const [row] = await rowsOf(rig, mac);
  assert.deepEqual([row?.opens, row?.openedAt], [true, rig.clock.now()]);
  const open = rig.kernel.vault.openAnywhere.bind(rig.kernel.vault);
  rig.kernel.vault.openAnywhere = (tenantId, place, sealed) => open(tenantId, { ...place, row: "moved" }, sealed);
  rig.clock.advance(2 * DAY);
  await rig.job("escrow/check-kms");
  assert.equal((await overview(rig, mac.tenantId)).broken.total, 1);
  assert.equal(rig.facts.filter(({ type }) => type === "escrow.secret-unreadable").length, 1);
});

test("keys that were here before go to the KMS, with what Macs sent; another tenant's stay; the way back keeps what is there", async () => {
  await using at = await bench({ isOn: false });
  const { rig, fake, mac } = at;
  await send(rig, mac, FIRST);
  await prove(rig, mac);
  const other = { tenantId: await rig.newTenant("Vineyard"), deviceId: mac.deviceId };
  const neighbour = { ...other, deviceId: await rig.newMac(other.tenantId) };
  await send(rig, neighbour, SECOND);
  await assert.rejects(use(rig, mac.tenantId, fake.newKey("SIGN_VERIFY")), { code: "kms.wrong-key" });
  fake.mood = "denies";
  await assert.rejects(use(rig, mac.tenantId, fake.newKey()), { code: "kms.refused" });
  assert.equal((await overview(rig, mac.tenantId)).recipient, null, "nothing is sealed to a key that may not be used");
  fake.mood = "works";
  await use(rig, mac.tenantId, fake.newKey());
  assert.deepEqual([(await overview(rig, mac.tenantId)).recipient?.left], [1]);
  await rig.job("escrow/move-to-kms");
  const { recipient } = await overview(rig, mac.tenantId);
  assert.deepEqual([recipient?.sealed, recipient?.left], [1, 0]);
  assert.equal((await rowsOf(rig, mac))[0]?.sealed.recipient, "kms");
  assert.equal(await rig.write(mac.tenantId, (tx) => readNewestEnvelope(tx, mac.deviceId)), undefined);
  assert.equal((await rowsOf(rig, neighbour))[0]?.sealed.recipient, "tenant");
  assert.notEqual(await rig.write(neighbour.tenantId, (tx) => readNewestEnvelope(tx, neighbour.deviceId)), undefined);
  assert.equal(await reveal(rig, mac), FIRST);
  await use(rig, mac.tenantId, null);
  await send(rig, mac, SECOND);
  assert.deepEqual((await rowsOf(rig, mac)).map(({ sealed }) => sealed.recipient).sort(), ["kms", "tenant"]);
  assert.equal(await reveal(rig, mac), FIRST, "what is in the KMS is opened there as before");
});

test("a Mac whose agent comes later proves its key once the KMS opened it", async () => {
  await using at = await bench({ hasAgent: false });
  const { rig, mac } = at;
  await send(rig, mac, FIRST);
  assert.equal(rig.given.length, 0);
  await rig.write(mac.tenantId, async (tx) => {
    await setAgentState(tx, mac.deviceId, { isInstalled: true });
    await tx.publish({
      type: "agent.enrolled",
      deviceId: mac.deviceId,
      data: { certificateHash: "", again: false } as never,
    });
  });
  await rig.settle();
  assert.equal(rig.given.length, 0, "not in the transaction of the fact");
  await rig.job("escrow/check-kms");
  assert.deepEqual(
    rig.given.map(({ input }) => (input as { prk: string }).prk),
    [FIRST],
  );
});
