import { asId } from "@pomona/facts";
import type { Job, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { auditTrail } from "../audit/index.ts";
import { readTenants } from "../tenants/index.ts";
import { hashCode } from "./bundle/drill-code.ts";
import { findByCode, insertBundle, noteTested, readTenantsOf } from "./bundles.sql.ts";
import type { RecoveryEntry, RecoveryLog } from "./ports.ts";

type Exported = Extract<RecoveryEntry, { type: "exported" }>;
type Tested = Extract<RecoveryEntry, { type: "tested" }>;

/** Takes over what the command line wrote down, and puts it on the audit trail of each tenant that it concerns. */
export const takeLog = (kernel: Kernel, log: RecoveryLog): Job => {
  let taken = 0;
  return {
    name: "recovery/take-log",
    everyMs: 3_000,
    run: async () => {
      const entries = await log.readFrom(taken);
      for (const entry of entries) {
        if (entry.type === "exported") await takeExport(kernel, entry);
        else await takeDrill(kernel, entry);
        taken += 1;
      }
    },
  };
};

async function takeExport({ store }: Kernel, entry: Exported): Promise<void> {
  const known = new Set<string>((await store.read(systemScope(PLATFORM, "recovery"), readTenants)).map(({ id }) => id));
  for (const { id, values, unreadable, kids } of entry.tenants) {
    if (!known.has(id)) continue;
    await store.write(systemScope(asId<"tenant">(id), "recovery"), async (tx) => {
      const { bundleId, at, by, recipients, codeHash } = entry;
      const row = { id: bundleId, exportedAt: at, exportedBy: by, recipients, values, unreadable, kids, codeHash };
      if (!(await insertBundle(tx, { ...row, testedAt: null }))) return;
      const input = { bundleId, by, recipients, values, at: new Date(at).toISOString() };
      await auditTrail.record(tx, { action: "recovery.export-bundle", outcome: "done", input });
      await tx.publish({ type: "recovery.bundle-exported", data: { bundleId, values, by } });
    });
  }
}

async function takeDrill({ store, log }: Kernel, { code, at, by }: Tested): Promise<void> {
  const codeHash = hashCode(code);
  const tenants = await store.read(systemScope(PLATFORM, "recovery"), (tx) => readTenantsOf(tx, codeHash));
  if (tenants.length === 0) log.warn("recovery.wrong-code", { by });
  for (const id of tenants) {
    await store.write(systemScope(asId<"tenant">(id), "recovery"), async (tx) => {
      const bundle = await findByCode(tx, codeHash);
      if (bundle === undefined || (bundle.testedAt ?? 0) >= at) return;
      await noteTested(tx, bundle.id, at);
      await auditTrail.record(tx, { action: "recovery.drill", outcome: "done", input: { bundleId: bundle.id, by } });
      await tx.publish({ type: "recovery.drill-passed", data: { bundleId: bundle.id, by } });
    });
  }
}
