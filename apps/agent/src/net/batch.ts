import type { CarriedMessage } from "@pomona/agent-protocol";
import type { SpooledMessage } from "../spool/spool.ts";

/** Messages that one request may carry. */
export const MAX_BATCH = 100;
/** Bytes of bodies beyond which a request carries no further message. */
const MAX_BATCH_BYTES = 1024 * 1024;

/** As many of the messages, in order, as one request should carry; at least one. */
export function batchOf(spooled: readonly SpooledMessage[]): {
  readonly ids: readonly number[];
  readonly messages: readonly CarriedMessage[];
} {
  const ids: number[] = [];
  const messages: CarriedMessage[] = [];
  let bytes = 0;
  for (const { id, lane, message, body } of spooled) {
    bytes += body.length;
    if (ids.length > 0 && bytes > MAX_BATCH_BYTES) break;
    ids.push(id);
    messages.push({ lane, message, body: JSON.parse(body) as unknown });
  }
  return { ids, messages };
}
