import { discardHeld, listHeld, releaseHeld } from "@pomona/contract";
import type { TenantId } from "@pomona/facts";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";
import { readDeviceNames } from "../devices/index.ts";
import type { CommandQueue } from "./command-queue.ts";
import { findDefinition } from "./definitions.ts";
import {
  countRestored,
  holdRestored,
  insertRestore,
  readLastRestore,
  readRestored,
  releaseRestored,
} from "./held.sql.ts";
import type { CommandRow } from "./model.ts";
import type { HeldSource, HeldThing } from "./ports.ts";

const ALL = 1_000_000;

/** In one transaction per tenant, so that a crash in the middle leaves each of them either held or to be held. */
export async function holdAfterRestore(
  kernel: Kernel,
  queue: CommandQueue,
  sources: readonly HeldSource[],
  tenantId: TenantId,
  reason: string,
): Promise<void> {
  await kernel.store.write(systemScope(tenantId, "commands"), async (tx) => {
    const commands = await holdRestored(tx);
    const others = { order: 0, batch: 0 };
    for (const source of sources) others[source.kind] += await source.hold(tx);
    await insertRestore(tx, reason);
    await tx.publish({ type: "queue.held", data: { reason, commands, orders: others.order } });
    tx.afterCommit(() => queue.memory.forgetAll());
  });
}

/** What a restore holds, shown and let go. */
export const heldActions = (
  kernel: Kernel,
  queue: CommandQueue,
  sources: readonly HeldSource[],
): readonly BoundAction[] => [
  bindAction(listHeld, {
    run: async ({ tx }, { limit = 100 }) => {
      const restore = await readLastRestore(tx);
      const things: HeldThing[] = (await readRestored(tx, limit)).map(toThing);
      for (const source of sources) things.push(...(await source.list(tx, limit)));
      const ids = things.flatMap(({ deviceId }) => deviceId ?? []);
      const names = await readDeviceNames(tx, ids);
      return {
        restore:
          restore === undefined ? null : { detectedAt: new Date(restore.at).toISOString(), reason: restore.reason },
        ...(await countHeld(tx, sources)),
        items: things.map((thing) => ({
          ...thing,
          deviceName: thing.deviceId === null ? null : (names.get(thing.deviceId) ?? thing.deviceId),
          createdAt: new Date(thing.createdAt).toISOString(),
          expiresAt: thing.expiresAt === null ? null : new Date(thing.expiresAt).toISOString(),
        })),
      };
    },
  }),

  bindAction(releaseHeld, {
    prepare: (scope) => kernel.store.read(scope, (tx) => countHeld(tx, sources)),
    devicesTouched: (_input, { commands, orders }) => commands + orders,
    run: async ({ tx }) => {
      const free = await releaseRestored(tx);
      for (const { deviceId, channel, isFree } of free)
        if (isFree) queue.wakeAfterCommit(tx, { deviceId, channel, notBefore: null });
      return told(tx, sources, free.length, false, (source) => source.release(tx));
    },
  }),

  bindAction(discardHeld, {
    devicesTouched: () => 0,
    run: async ({ tx }, { ids }) => {
      const rows = await readRestored(tx, ALL, ids);
      const error = `cancelled by ${tx.scope.actor.name} after a backup was restored`;
      for (const row of rows) await queue.end(tx, row, "cancelled", { error });
      return told(tx, sources, rows.length, true, (source) => source.discard(tx, ids));
    },
  }),
];

async function countHeld(tx: ReadTransaction, sources: readonly HeldSource[]) {
  const counts = { order: 0, batch: 0 };
  for (const source of sources) counts[source.kind] += await source.count(tx);
  return { commands: await countRestored(tx), orders: counts.order, batches: counts.batch };
}

async function told(
  tx: WriteTransaction,
  sources: readonly HeldSource[],
  commands: number,
  isDiscarded: boolean,
  change: (source: HeldSource) => Promise<number>,
) {
  const counts = { order: 0, batch: 0 };
  for (const source of sources) counts[source.kind] += await change(source);
  await tx.publish({ type: "queue.released", data: { commands, orders: counts.order, isDiscarded } });
  return { commands, orders: counts.order, batches: counts.batch };
}

const toThing = (row: CommandRow): HeldThing => ({
  kind: "command",
  id: row.id,
  deviceId: row.deviceId,
  type: row.requestType,
  risk: findDefinition(row)?.risk ?? "rootEquivalent",
  devices: 1,
  actor: row.actor,
  createdAt: row.createdAt,
  expiresAt: row.expiresAt,
});
