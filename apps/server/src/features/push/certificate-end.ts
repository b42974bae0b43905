import type { PushCertificate } from "./push.sql.ts";

/** Days before the end of a certificate of which is warned; 0 says that it has expired. */
export const WARN_DAYS = [60, 30, 7, 0] as const;
export const DAY_MS = 86_400_000;

/** Whole days until the end; 0 on the last day and after it. */
export const daysLeft = (notAfter: number, now: number): number => Math.max(0, Math.floor((notAfter - now) / DAY_MS));

/** The threshold to warn of now: the smallest that is reached, unless that was said already. */
export function warningDue(certificate: Pick<PushCertificate, "notAfter" | "warnedDays">, now: number) {
  const left = certificate.notAfter - now;
  const reached = WARN_DAYS.filter((days) => left <= days * DAY_MS).at(-1);
  if (reached === undefined) return undefined;
  return certificate.warnedDays === null || certificate.warnedDays > reached ? reached : undefined;
}
