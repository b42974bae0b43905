import type { Job, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { noteWarned, type PushCertificate, readEndingCertificates, readPushCertificate } from "./push.sql.ts";

/** Days before the end of a certificate of which is warned; 0 says that it has expired. */
export const WARN_DAYS = [60, 30, 7, 0] as const;
const DAY_MS = 86_400_000;

/** Whole days until the end; 0 on the last day and after it. */
export const daysLeft = (notAfter: number, now: number): number => Math.max(0, Math.floor((notAfter - now) / DAY_MS));

/** The threshold to warn of now: the smallest that is reached, unless that was said already. */
export function warningDue(certificate: Pick<PushCertificate, "notAfter" | "warnedDays">, now: number) {
  const left = certificate.notAfter - now;
  const reached = WARN_DAYS.filter((days) => left <= days * DAY_MS).at(-1);
  if (reached === undefined) return undefined;
  return certificate.warnedDays === null || certificate.warnedDays > reached ? reached : undefined;
}

/** Warns once per certificate and threshold: what was said is kept beside the certificate. */
export const watchCertificates = (kernel: Kernel): Job => ({
  name: "push/watch-certificates",
  everyMs: 600_000,
  run: async () => {
    const before = kernel.clock.now() + WARN_DAYS[0] * DAY_MS;
    const ending = await kernel.store.read(systemScope(PLATFORM, "push"), (tx) => readEndingCertificates(tx, before));
    for (const certificate of ending) {
      if (warningDue(certificate, kernel.clock.now()) === undefined) continue;
      await kernel.store.write(systemScope(certificate.tenantId, "push"), async (tx) => {
        const stored = await readPushCertificate(tx);
        const days = stored === undefined ? undefined : warningDue(stored, tx.now);
        if (stored === undefined || days === undefined) return;
        await noteWarned(tx, days);
        const { topic, notAfter } = stored;
        await tx.publish({ type: "push.expiry-warned", data: { topic, expiresAt: notAfter, days } });
      });
    }
  },
});
