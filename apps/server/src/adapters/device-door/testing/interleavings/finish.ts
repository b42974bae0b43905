import assert from "node:assert/strict";
import { readRow } from "../../../../testing/read-row.ts";
import type { Interleaving } from "./interleaving.ts";
import type { ModelledMac } from "./modelled-mac.ts";
import { compare, play } from "./play.ts";
import { isOpen } from "./queue-model.ts";

/**
 * What holds commands back ends, every Mac comes until nothing is left for it, and all is counted.
 * @param since the position of a fact before the first event @returns the position of the last
 */
export async function finish(game: Interleaving, since: number): Promise<number> {
  for (const [at, mac] of game.macs.entries()) {
    await play(game, { kind: "let-out", mac: at });
    if (mac.queues.stage === "authenticated") await play(game, { kind: "token-update", mac: at });
    for (let held = mac.queues.commands.length; held > 0; held--)
      await play(game, { kind: "release", mac: at, which: 0 });
  }
  for (const which of game.batches.keys()) await play(game, { kind: "batch-resume", which });
  game.rig.clock.advance(60_000);
  for (const mac of game.macs.keys()) await play(game, { kind: "drain", mac });
  await compare(game);
  for (const mac of game.macs) countAll(mac);
  assert.equal(
    game.macs.reduce((sum, { queues }) => sum + queues.commands.length, 0),
    game.queued,
  );
  await game.rig.runJob("commands/archive-answered");
  const { n } = readRow<{ n: number }>(game.rig.kernel, "SELECT count(*) AS n FROM command_queue");
  assert.equal(n, 0, "what is answered has left the queue, also what was answered before a restart");
  await compare(game);
  return countAnswers(game, since);
}

function countAll(mac: ModelledMac): void {
  assert.deepEqual(mac.queues.commands.filter(isOpen), [], "every command has come to one end");
  for (const { uuid, state, requestType } of mac.queues.commands) {
    const outcome = mac.outcomeOf(uuid);
    // A renewal ends with what came of it, whether or not the Mac says so.
    if (state === "acknowledged" && requestType !== "InstallProfile") assert.equal(outcome, "Acknowledged");
    if (state === "error") assert.equal(outcome, "Error");
  }
}

/** Of each command the end was told once; a batch's cancelling tells of all of them together. */
async function countAnswers(game: Interleaving, since: number): Promise<number> {
  const told = new Map<string, number>();
  let after = since;
  for (;;) {
    const facts = await game.rig.kernel.store.readAfter(after, {
      tenantId: game.tenant,
      types: ["command.answered"],
      limit: 500,
    });
    for (const { data } of facts) {
      const { commandId } = data as { readonly commandId: string };
      told.set(commandId, (told.get(commandId) ?? 0) + 1);
    }
    after = facts.at(-1)?.position ?? after;
    if (facts.length < 500) break;
  }
  for (const { id, state, batch } of game.macs.flatMap(({ queues }) => queues.commands)) {
    const isQuiet = batch !== null && state === "cancelled";
    assert.ok(told.get(id) === 1 || (isQuiet && !told.has(id)), `the end of ${id} was told ${told.get(id) ?? 0} times`);
  }
  return after;
}
