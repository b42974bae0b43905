import assert from "node:assert/strict";
import { test } from "node:test";
import type { Batch, CommandOfMac, HeldItem } from "@pomona/contract";
import { asId, type CommandId, type DeviceId } from "@pomona/facts";
import { newId } from "../../kernel/clock.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { type Composed, composeBatches, enrolledMacs, SCOPE, TENANT, testBatches } from "../../testing/test-batches.ts";
import { markSent, readAllOpen, readOpen } from "../commands/commands.sql.ts";

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
  const stage = await testBatches();
  await using _kernel = stage.kernel;
  const ids = await enrolledMacs(stage.kernel, 60);
  const [gone] = await enrolledMacs(stage.kernel, 1, { enrolled: false });
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
  const refused = await stage.act<{ items: { deviceId: string; deviceName: string; reason: string }[] }>(
    "batches.list-refused",
    {
      batchId: batch.id,
    },
  );
  assert.deepEqual(
    refused.items.map(({ deviceId }) => deviceId),
    [gone],
  );
  assert.equal(
    refused.items[0]?.deviceName,
    (await stage.act<{ name: string }>("devices.show-device", { deviceId: gone })).name,
  );
  assert.match(now.refusals[0]!.reason, /not enrolled/);
});

test("a question to many Macs is counted as a change, a change to many as root-equivalent", async () => {
  const stage = await testBatches();
  await using _kernel = stage.kernel;
  await enrolledMacs(stage.kernel, 5);
  const riskOf = async (requestType: string, input = {}) =>
    (await stage.act<{ risk: string }>("batches.preview", { requestType, filter: {}, input })).risk;
  assert.equal(await riskOf("SecurityInfo"), "change");
  assert.equal(await riskOf("DisableRemoteDesktop"), "rootEquivalent");
  assert.equal(await riskOf("DeviceLock", { pin: "123456" }), "destructive");
  await stage.act("access.set-limits", { risk: "rootEquivalent", perActor: 4 });
  await create(stage);
  await assert.rejects(create(stage, { requestType: "DisableRemoteDesktop" }), { code: "budget.exceeded" });
  await stage.act("access.set-limits", { risk: "change", perActor: 9 });
  await assert.rejects(create(stage), { code: "budget.exceeded" }, "a question is counted");
});

test("a batch that is interrupted anywhere goes on after a restart, and no Mac gets its command twice or not at all", async () => {
  for (const failAt of [1, 2, 3, 4]) {
    const stage = await testBatches();
    await using kernel = stage.kernel;
    const ids = await enrolledMacs(kernel, 90);
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
    const first = composeBatches(failing);
    const batch = await create(first);
    await first.carryOut().catch(() => {});
    await first.stop();
    assert.ok((await show(stage, batch.id)).progress.waiting > 0);
    const second = composeBatches(kernel);
    for (const feature of second.features) await feature.start?.();
    await second.carryOut();
    for (const id of ids) assert.equal((await upcoming(second, id)).length, 1);
    assert.equal((await show(second, batch.id)).progress.queued, 90);
    for (const feature of second.features) await feature.stop?.();
  }
});

test("the budget is charged with the number of Macs, and a batch beyond it changes nothing", async () => {
  const stage = await testBatches();
  await using _kernel = stage.kernel;
  await enrolledMacs(stage.kernel, 21);
  const erase = { requestType: "EraseDevice", input: { pin: "123456", obliterationBehavior: "Default" } };
  await assert.rejects(create(stage, erase), { code: "budget.exceeded" });
  assert.deepEqual((await stage.act<{ items: unknown[] }>("batches.list", {})).items, []);
  // Questions are free.
  await create(stage);
});

test("a destructive batch waits for the end of its undo window, and can be taken back whole before it", async () => {
  const stage = await testBatches();
  await using _kernel = stage.kernel;
  const ids = await enrolledMacs(stage.kernel, 5);
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

test("a change of many Macs can be taken back for thirty seconds, a question goes out at once", async () => {
  const stage = await testBatches();
  await using _kernel = stage.kernel;
  const ids = await enrolledMacs(stage.kernel, 3);
  const preview = await stage.act<{ undoSeconds: number }>("batches.preview", {
    requestType: "RestartDevice",
    filter: {},
  });
  assert.equal(preview.undoSeconds, 30);
  const restart = await create(stage, { requestType: "RestartDevice" });
  const question = await create(stage);
  await stage.carryOut();
  const sent = async () => (await upcoming(stage, ids[0]!)).map((command) => command.commandUuid).toReversed();
  assert.deepEqual(await sent(), [question.commandUuid]);
  stage.clock.advance(31_000);
  await stage.carryOut();
  assert.deepEqual(await sent(), [question.commandUuid, restart.commandUuid]);
});

test("a batch that needs a second person waits for that person", async () => {
  const stage = await testBatches(undefined, ({ devices }) => devices > 3);
  await using kernel = stage.kernel;
  const ids = await enrolledMacs(kernel, 5);
  const batch = await create(stage);
  await stage.carryOut();
  assert.equal((await show(stage, batch.id)).state, "held");
  assert.equal(await kernel.store.write(SCOPE, (tx) => stage.batches.release(tx, asId<"batch">(batch.id))), true);
  await stage.carryOut();
  for (const id of ids) assert.equal((await upcoming(stage, id)).length, 1);
});

test("a paused batch sends nothing, a resumed one goes on, a cancelled one takes back what is not sent", async () => {
  const stage = await testBatches();
  await using kernel = stage.kernel;
  const ids = await enrolledMacs(kernel, 40);
  const batch = await create(stage);
  await stage.carryOut();
  await stage.act("batches.pause", { batchId: batch.id });
  await stage.carryOut();
  const head = (id: DeviceId) => kernel.store.read(SCOPE, (tx) => readOpen(tx, id, { limit: 1 }));
  for (const id of ids) assert.deepEqual(await head(id), []);
  await stage.act("batches.resume", { batchId: batch.id });
  await stage.carryOut();
  for (const id of ids) assert.equal((await head(id)).length, 1);
  const [sent] = await head(ids[0]!);
  await kernel.store.write(SCOPE, (tx) => markSent(tx, sent!));
  await stage.act("batches.cancel", { batchId: batch.id });
  await stage.carryOut();
  const { progress, state } = await show(stage, batch.id);
  assert.deepEqual([state, progress.sent, progress.cancelled], ["cancelled", 1, 39]);
  await assert.rejects(stage.act("batches.resume", { batchId: batch.id }), { code: "batch.wrong-state" });
});

test("progress is told in few facts, and a batch whose commands have all ended is done", async () => {
  const stage = await testBatches();
  await using kernel = stage.kernel;
  const ids = await enrolledMacs(kernel, 70);
  const batch = await create(stage);
  await stage.carryOut();
  const end = async (id: DeviceId, state: "acknowledged" | "error", error: string | null) =>
    kernel.store.write(SCOPE, async (tx) => {
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

test("the commands of a batch are listed Mac by Mac and by how they ended, a page at a time", async () => {
  const stage = await testBatches();
  await using kernel = stage.kernel;
  const ids = await enrolledMacs(kernel, 5);
  await create(stage);
  const batch = await create(stage);
  await stage.carryOut();
  await kernel.store.write(SCOPE, async (tx) => {
    const row = (await readAllOpen(tx, ids[0]!)).find(({ batchId }) => batchId === batch.id);
    await stage.commands.queue.end(tx, row!, "error", { error: "No." });
  });
  const list = (input: object = {}) =>
    stage.act<{ items: CommandOfMac[]; nextCursor: string | null }>("batches.list-commands", {
      batchId: batch.id,
      ...input,
    });
  const failed = (await list({ state: "failed" })).items;
  assert.deepEqual(
    failed.map(({ deviceId, error, batchId }) => [deviceId, error, batchId]),
    [[ids[0], "No.", batch.id]],
  );
  const device = await stage.act<{ name: string }>("devices.show-device", { deviceId: ids[0] });
  assert.equal(failed[0]?.deviceName, device.name);
  const first = await list({ state: "open", limit: 3 });
  const second = await list({ state: "open", limit: 3, cursor: first.nextCursor });
  const open = [...first.items, ...second.items].map(({ deviceId }) => deviceId);
  assert.deepEqual([first.items.length, second.nextCursor], [3, null]);
  assert.deepEqual(new Set(open), new Set(ids.slice(1)));
  assert.equal((await list()).items.length, 5);
  await assert.rejects(list({ batchId: newId<"batch">() }), { code: "batch.not-found" });
});

test("after a restore a batch that was being queued is held with the rest, and goes on when released", async () => {
  const stage = await testBatches();
  await using kernel = stage.kernel;
  const ids = await enrolledMacs(kernel, 4);
  const lock = await create(stage, { requestType: "DeviceLock", input: { pin: "123456" } });
  await stage.commands.holdRestored(TENANT, "a test");
  stage.clock.advance(60_000);
  await stage.carryOut();
  const held = await show(stage, lock.id);
  assert.deepEqual([held.state, held.hold], ["held", "restored"]);
  const { items } = await stage.act<{ items: HeldItem[] }>("commands.list-held", {});
  assert.deepEqual(
    items.map(({ kind, risk, devices }) => [kind, risk, devices]),
    [["batch", "destructive", 4]],
  );
  for (const id of ids) assert.deepEqual(await upcoming(stage, id), []);
  assert.deepEqual(await stage.act("commands.release-held", {}), { commands: 0, orders: 0, batches: 1 });
  await stage.carryOut();
  for (const id of ids) assert.equal((await upcoming(stage, id)).length, 1);
});
