import { createHash } from "node:crypto";
import type { CommandId, DeviceId, TenantId } from "@pomona/facts";

/**
 * How far a renewal has come. `due`: its time has come, or a person asked; `queued`: a profile with a fresh challenge waits for
 * the Mac; `acknowledged`: the Mac took the profile; `checkedIn`: it came with the new identity; `failed`: it will be tried
 * again. The first TokenUpdate with the new identity ends it from every state: the acknowledgement may come before, after or never.
 */
export type RenewalState = "due" | "queued" | "acknowledged" | "checkedIn" | "failed";

/** What happens to a renewal. */
export type RenewalEvent = "sent" | "acknowledged" | "refused" | "checkedIn" | "overdue" | "asked" | "renewed";

/** From each state to the next; `done` takes the row away, and what is not listed changes nothing. */
export const RENEWAL_STATES: Readonly<
  Record<RenewalState, Readonly<Partial<Record<RenewalEvent, RenewalState | "done">>>>
> = {
  due: { sent: "queued", checkedIn: "checkedIn", renewed: "done", asked: "due" },
  queued: {
    acknowledged: "acknowledged",
    refused: "failed",
    overdue: "failed",
    checkedIn: "checkedIn",
    renewed: "done",
  },
  acknowledged: { checkedIn: "checkedIn", overdue: "failed", renewed: "done", asked: "due" },
  // What the Mac says of the profile now is old news.
  checkedIn: { overdue: "failed", renewed: "done", asked: "due" },
  failed: { sent: "queued", checkedIn: "checkedIn", renewed: "done", asked: "due", acknowledged: "acknowledged" },
};

export interface RenewalRow {
  readonly tenantId: TenantId;
  readonly deviceId: DeviceId;
  readonly enrollmentId: string;
  readonly state: RenewalState;
  /** When the identity ends that is to be replaced. Times in ms. */
  readonly expiresAt: number;
  /** Profiles sent so far. */
  readonly attempts: number;
  /** Not sent before. */
  readonly nextAt: number;
  readonly sentAt: number | null;
  readonly commandId: CommandId | null;
  /** Why the last attempt did not work. */
  readonly lastError: string | null;
  /** The fact `renewal.stranding` went out. */
  readonly isTold: boolean;
  /** A person asked for it. */
  readonly isAsked: boolean;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Attempts are never closer together: a profile may still be on its way. */
export const RETRY_MS = 4 * HOUR;
/** What Apple calls the latest moment. */
export const LATEST_MS = 90 * DAY;
/** Below this a Mac is about to strand: it may be in a drawer for longer. */
export const STRANDING_MS = 30 * DAY;
/** How long a profile waits for its Mac, and its challenge is good; then another takes its place. */
export const OFFER_MS = 7 * DAY;
/** What came of an acknowledged profile has to show within this. */
export const SETTLE_MS = RETRY_MS;

/** Macs that enrolled on one day do not come back on one day: each has its own moment within the window. */
export function dueAt(deviceId: DeviceId, expiresAt: number, startDays: number): number {
  const start = expiresAt - startDays * DAY;
  const window = Math.max(0, Math.min(60 * DAY, expiresAt - LATEST_MS - start));
  const [a = 0, b = 0, c = 0] = createHash("sha256").update(deviceId).digest();
  return start + Math.floor((window * (a * 65_536 + b * 256 + c)) / 16_777_216);
}

/** 4 hours, doubled up to a day; never more than 4 hours once the end is near. */
export function retryAfter(attempts: number, leftMs: number): number {
  if (leftMs < STRANDING_MS) return RETRY_MS;
  return Math.min(RETRY_MS * 2 ** Math.max(0, attempts - 1), DAY);
}
