import { cancelCommand, listCommands, listCommandTypes, sendCommand } from "@pomona/contract";
import { asId, type CommandId, type DeviceId } from "@pomona/facts";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import { notFound } from "../../kernel/errors.ts";
import { readDevice } from "../devices/index.ts";
import { commandCatalog } from "./catalog/index.ts";
import type { CommandQueue } from "./command-queue.ts";
import { readCommands } from "./commands.sql.ts";
import { toCommand } from "./model.ts";

export const commandActions = (queue: CommandQueue): readonly BoundAction[] => [
  bindAction(sendCommand, {
    riskOf: ({ requestType }) => commandCatalog.get(requestType)?.risk ?? "rootEquivalent",
    run: async ({ tx }, { deviceId, requestType, input, lane, expiresInSeconds }) => ({
      ...(await queue.enqueue(tx, {
        deviceId: asId<"device">(deviceId),
        requestType,
        input,
        ...(lane === undefined ? {} : { lane }),
        ...(expiresInSeconds === undefined ? {} : { ttlMs: expiresInSeconds * 1000 }),
      })),
    }),
  }),

  bindAction(listCommands, {
    run: async ({ tx }, { deviceId, limit = 100, cursor, state }) => {
      const id: DeviceId = asId<"device">(deviceId);
      if ((await readDevice(tx, id)) === undefined) throw notFound("device", deviceId);
      const isOpen = state === undefined ? undefined : state === "upcoming";
      const rows = await readCommands(tx, id, { before: cursor, limit: limit + 1, isOpen });
      const items = rows.slice(0, limit);
      return { items: items.map(toCommand), nextCursor: rows.length > limit ? items.at(-1)!.id : null };
    },
  }),

  bindAction(cancelCommand, {
    run: async ({ tx }, { deviceId, commandId }) => {
      const id: CommandId = asId<"command">(commandId);
      return toCommand(await queue.cancel(tx, asId<"device">(deviceId), id));
    },
  }),

  bindAction(listCommandTypes, {
    run: async () => ({
      items: [...commandCatalog.values()].map(({ requestType, summary, risk, input }) => ({
        requestType,
        summary,
        risk,
        input,
      })),
      nextCursor: null,
    }),
  }),
];
