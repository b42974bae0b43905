import type { DeviceId } from "@pomona/facts";
import { newId } from "../../kernel/clock.ts";
import type { Vault } from "../../kernel/secret.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { insertQuarantined, trimQuarantined } from "./reports.sql.ts";

/** Bytes kept of one message, and messages kept of one tenant. */
export const QUARANTINE_BYTES = 65_536;
const QUARANTINE_MESSAGES = 1000;

export interface UnreadableMessage {
  readonly channel: "device" | "agent";
  readonly deviceId: DeviceId | null;
  /** Where it was sent: a path, a topic. */
  readonly subject: string;
  readonly reason: string;
  readonly bytes: Uint8Array;
}

/** Keeps what could not be read, sealed, so that it can be looked into; never its content in the log. */
export async function keepQuarantinedMessage(
  tx: WriteTransaction,
  vault: Vault,
  message: UnreadableMessage,
): Promise<void> {
  const id = newId<"message">(tx.now);
  const place = { table: "quarantined_messages", row: id, field: "sealed_bytes" };
  await insertQuarantined(tx, {
    id,
    channel: message.channel,
    device_id: message.deviceId,
    subject: message.subject.slice(0, 300),
    reason: message.reason.slice(0, 500),
    size_bytes: message.bytes.length,
    sealed_bytes: JSON.stringify(vault.seal(tx.scope.tenantId, place, message.bytes.subarray(0, QUARANTINE_BYTES))),
  });
  await trimQuarantined(tx, QUARANTINE_MESSAGES);
  await tx.publish({
    type: "message.quarantined",
    ...(message.deviceId === null ? {} : { deviceId: message.deviceId }),
    data: { channel: message.channel, reason: message.reason.slice(0, 200) },
  });
}
