import type { DeviceRow } from "../devices/index.ts";
import type { RenewalRow } from "./model.ts";

const DAY = 86_400_000;
const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** What a renewal waits for, or why it did not work, in a sentence that says what can be done. */
export function reasonOf(row: RenewalRow, device: DeviceRow | undefined, now: number): string {
  const ended = row.expiresAt <= now ? `Its identity ended on ${day(row.expiresAt)}. ` : "";
  return ended + stateReason(row, device, now);
}

function stateReason(row: RenewalRow, device: DeviceRow | undefined, now: number): string {
  if (device?.quarantine !== null && device?.quarantine !== undefined)
    return "It is in quarantine, so nothing is sent to it: look into that first.";
  const seenAt = device?.mdmSeenAt ?? device?.mdmEnrolledAt ?? null;
  if (seenAt !== null && now - seenAt > 7 * DAY)
    return `It was last heard of on ${day(seenAt)}: it has to be switched on and online.`;
  if (device !== undefined && !device.mdmPushable && row.state === "queued")
    return "It cannot be woken by push, so the profile waits until it asks by itself.";
  switch (row.state) {
    case "due":
      return "Its profile is about to be sent.";
    case "queued":
      return row.attempts > 1
        ? `The profile waits for it, attempt ${row.attempts}. The one before: ${row.lastError ?? "no answer"}`
        : "The profile waits for it.";
    case "acknowledged":
      return "It took the profile and has not come with a new identity yet.";
    case "checkedIn":
      return "It came with its new identity; its TokenUpdate has to follow.";
    case "failed":
      return row.lastError ?? "The last attempt did not work.";
  }
}
