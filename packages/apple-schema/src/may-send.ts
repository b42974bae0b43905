import { entryOf } from "./entries.ts";
import { refusalOf } from "./refusal.ts";
import type { SendTarget } from "./send-target.ts";

export type MaySend = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const YES: MaySend = { ok: true };

/**
 * Whether a command may be sent to this enrollment; the reason, if not, is one sentence for a technician. Cheap enough to be
 * asked at every delivery.
 */
export function maySend(requestType: string, target: SendTarget): MaySend {
  const entry = entryOf("command", requestType);
  if (entry === undefined) return { ok: false, reason: `Apple documents no command ${requestType}` };
  const reason = refusalOf(requestType, entry.os, target);
  return reason === undefined ? YES : { ok: false, reason };
}
