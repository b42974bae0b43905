import {
  cancelCommand,
  clearCommands,
  dismissDeadLetter,
  listCommands,
  listDeadLetters,
  retryCommand,
  sendCommand,
} from "@pomona/contract";
import { asId, type CommandId, type DeviceId } from "@pomona/facts";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import { notFound, PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import { readDevice } from "../devices/index.ts";
import { dismissDead, readCommands, readDeadLetters } from "./command-lists.sql.ts";
import { pageOf, pageOfMacs } from "./command-pages.ts";
import type { CommandQueue } from "./command-queue.ts";
import { readCommand } from "./commands.sql.ts";
import { definitionOf, findDefinition } from "./definitions.ts";
import { listCommandTypes } from "./list-command-types.ts";
import { type CommandRow, KEPT_INPUT_MS, riskToOne, toCommand } from "./model.ts";
import { sendRawCommand } from "./send-raw-command.ts";
import { toQueued } from "./to-queued.ts";
import { warningsOf } from "./warnings.ts";

const riskOf = (command: Parameters<typeof findDefinition>[0]) =>
  riskToOne(findDefinition(command)?.risk ?? "rootEquivalent");

export const commandActions = (kernel: Kernel, queue: CommandQueue): readonly BoundAction[] => [
  bindAction(sendCommand, {
    riskOf,
    run: async ({ tx }, { deviceId, requestType, input = {}, lane, expiresInSeconds, userId }) => ({
      ...toQueued(
        await queue.enqueue(tx, {
          deviceId: asId<"device">(deviceId),
          requestType,
          input,
          ...(lane === undefined ? {} : { lane }),
          ...(expiresInSeconds === undefined ? {} : { ttlMs: expiresInSeconds * 1000 }),
          ...(userId === undefined ? {} : { userId }),
        }),
      ),
      warnings: warningsOf(requestType, definitionOf({ requestType }).payload(input)),
    }),
  }),

  bindAction(retryCommand, {
    prepare: (scope, { deviceId, commandId }) =>
      kernel.store.read(scope, (tx) => retryable(tx, asId<"device">(deviceId), asId<"command">(commandId))),
    // The same as when it was sent the first time.
    riskOf: (_input, row) => riskOf(row),
    run: async ({ tx }, { deviceId, commandId }) => {
      const row = await retryable(tx, asId<"device">(deviceId), asId<"command">(commandId));
      return toQueued(await queue.retry(tx, row.deviceId, row.id));
    },
  }),

  bindAction(listCommands, {
    run: async ({ tx }, { deviceId, limit = 100, cursor, state }) => {
      const id: DeviceId = asId<"device">(deviceId);
      if ((await readDevice(tx, id)) === undefined) throw notFound("device", deviceId);
      const isOpen = state === undefined ? undefined : state === "upcoming";
      return pageOf(await readCommands(tx, id, { before: cursor, limit: limit + 1, isOpen }), limit, tx.now);
    },
  }),

  bindAction(cancelCommand, {
    run: async ({ tx }, { deviceId, commandId }) => {
      const id: CommandId = asId<"command">(commandId);
      return toCommand(await queue.cancel(tx, asId<"device">(deviceId), id), tx.now);
    },
  }),

  bindAction(clearCommands, {
    run: async ({ tx }, { deviceId }) => {
      const id: DeviceId = asId<"device">(deviceId);
      if ((await readDevice(tx, id)) === undefined) throw notFound("device", deviceId);
      return queue.cancelUpcoming(tx, id);
    },
  }),

  bindAction(listDeadLetters, {
    run: async ({ tx }, { limit = 100, cursor }) =>
      pageOfMacs(tx, await readDeadLetters(tx, { before: cursor, limit: limit + 1 }), limit),
  }),

  bindAction(dismissDeadLetter, {
    devicesTouched: () => 0,
    run: async ({ tx }, { commandId }) => {
      const row = await readCommand(tx, asId<"command">(commandId));
      if (row === undefined || row.dead === null) throw notFound("command", commandId);
      await dismissDead(tx, row.id);
      return toCommand({ ...row, dead: null }, tx.now);
    },
  }),

  sendRawCommand(queue),
  listCommandTypes,
];

const RETRYABLE: ReadonlySet<string> = new Set(["error", "formatError", "expired"]);

/** @throws PomonaError `command.not-found`, `command.not-retryable` */
async function retryable(tx: ReadTransaction, deviceId: DeviceId, id: CommandId): Promise<CommandRow> {
  const row = await readCommand(tx, id);
  if (row === undefined || row.deviceId !== deviceId) throw notFound("command", id);
  const why =
    row.retriedBy !== null
      ? `It was sent again before, as ${row.retriedBy}.`
      : !RETRYABLE.has(row.state)
        ? `It is ${row.state}; only a command that failed or was given up is sent again.`
        : row.answeredAt !== null && row.answeredAt < tx.now - KEPT_INPUT_MS
          ? "Its input is kept for 30 days only. Send a new command."
          : undefined;
  if (why !== undefined) throw new PomonaError("conflict", "command.not-retryable", why);
  return row;
}
