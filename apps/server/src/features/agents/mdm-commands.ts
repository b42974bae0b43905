import type { CommandQueue } from "../commands/index.ts";
import type { MdmCommands } from "./ports.ts";

/** The queue of MDM commands, seen as this feature needs it. */
export const mdmCommands = (queue: Pick<CommandQueue, "enqueue">): MdmCommands => ({
  enqueue: async (tx, deviceId, command) => {
    const order = {
      deviceId,
      requestType: command.requestType,
      ttlMs: command.expiresInSeconds * 1000,
      actor: "agents",
    };
    const { id } =
      command.requestType === "InstallProfile"
        ? await queue.enqueue(tx, {
            ...order,
            input: { payload: Buffer.from(command.profile).toString("base64") },
            lane: command.isUrgent ? "urgent" : "normal",
          })
        : await queue.enqueue(tx, { ...order, input: { manifest: command.manifest } });
    return { commandId: id };
  },
});
