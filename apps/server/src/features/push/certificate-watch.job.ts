import type { Job, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { DAY_MS, WARN_DAYS, warningDue } from "./certificate-end.ts";
import { noteWarned, readEndingCertificates, readPushCertificate } from "./push.sql.ts";

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
