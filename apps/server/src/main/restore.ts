import { mkdirSync } from "node:fs";
import path from "node:path";
import { Lineage } from "../adapters/store/lineage.ts";
import { writeDurably } from "../adapters/vault/durable-file.ts";
import type { ServerConfig } from "../config.ts";
import type { CommandsFeature } from "../features/commands/index.ts";
import { readTenants } from "../features/tenants/index.ts";
import type { Job, Kernel } from "../kernel/feature.ts";
import { PLATFORM, systemScope } from "../kernel/scope.ts";

/** How far back a backup may be, in ms, that is not told from the newest state when the server was killed. */
const BEAT_MS = 15_000;
const BY_HAND = "The operator said that a backup was restored.";

/**
 * Before anything can be sent: when the database is not the newest one, whatever waits in it is held, tenant by tenant. Only
 * then is it marked as the one to go on from, so that a crash in the middle begins again.
 */
export async function holdIfRestored(
  config: ServerConfig,
  kernel: Kernel,
  commands: Pick<CommandsFeature, "holdRestored">,
): Promise<{ readonly job: Job }> {
  const keys = path.join(config.dataDir, "keys");
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  const lineage = new Lineage(kernel.store, path.join(keys, "lineage.json"), writeDurably);
  const reason = config.isRestored === true ? BY_HAND : await lineage.objection();
  if (reason !== undefined) {
    const tenants = await kernel.store.read(systemScope(PLATFORM, "main"), readTenants);
    for (const tenant of tenants) await commands.holdRestored(tenant.id, reason);
    kernel.log.warn("server.restored", { reason, tenants: tenants.length });
  }
  // What was held must be marked. Without that a full disk is no reason not to start: reading works, and the job marks later.
  await lineage.beat().catch((error: unknown) => {
    if (reason !== undefined) throw error;
    kernel.log.error("server.not-marked", { error: String(error) });
  });
  return { job: { name: "main/mark-lineage", everyMs: BEAT_MS, run: () => lineage.beat() } };
}
