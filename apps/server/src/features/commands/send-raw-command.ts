import { maySend } from "@pomona/apple-schema";
import { sendRawCommand as contract } from "@pomona/contract";
import { asId } from "@pomona/facts";
import { bindAction } from "../../kernel/action.ts";
import { readDevice } from "../devices/index.ts";
import { readEnrollmentOfDevice } from "../enrollment/index.ts";
import type { CommandQueue } from "./command-queue.ts";
import { targetOf } from "./possibility.ts";
import { auditedOfRaw, readRawCommand, sha256OfRaw } from "./raw-command.ts";
import { toQueued } from "./to-queued.ts";
import { warningsOf } from "./warnings.ts";

/** For those who insist: nothing refuses it, and the answer and the audit log say what it was. */
export const sendRawCommand = (queue: CommandQueue) =>
  bindAction(contract, {
    alsoAudited: ({ plist }) => auditedOfRaw(plist),
    run: async ({ tx }, { deviceId: text, plist, lane, expiresInSeconds, userId }) => {
      const { requestType, commandUuid, payload } = readRawCommand(plist);
      const deviceId = asId<"device">(text);
      const queued = await queue.enqueue(tx, {
        deviceId,
        requestType,
        input: { plist },
        isRaw: true,
        ...(commandUuid === undefined ? {} : { commandUuid }),
        ...(lane === undefined ? {} : { lane }),
        ...(expiresInSeconds === undefined ? {} : { ttlMs: expiresInSeconds * 1000 }),
        ...(userId === undefined ? {} : { userId }),
      });
      const device = await readDevice(tx, deviceId);
      const enrollment = await readEnrollmentOfDevice(tx, deviceId);
      const target = targetOf(device!, enrollment!, userId ?? "");
      const answer = maySend(requestType, target);
      return {
        ...toQueued(queued),
        requestType,
        sha256: sha256OfRaw(plist),
        warnings: [...(answer.ok ? [] : [{ path: "", message: answer.reason }]), ...warningsOf(requestType, payload)],
      };
    },
  });
