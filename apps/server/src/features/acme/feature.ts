import type { Feature, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { accountMigrations, deleteIdleAccounts } from "./accounts.sql.ts";
import { acmeRoutes } from "./acme.http.ts";
import { AcmeDoor } from "./acme-door.ts";
import { attestationMigrations } from "./attestations.sql.ts";
import { deviceAttestationMigrations } from "./device-attestations.sql.ts";
import { FORGET_AFTER_MS, IDLE_ACCOUNT_MS } from "./model.ts";
import { deleteOldOrders, orderMigrations } from "./orders.sql.ts";
import type { AcmePorts } from "./ports.ts";
import { RateLimit } from "./rate-limit.ts";
import { showAttestation } from "./show-attestation.ts";

/** New accounts from one address in one tenant: a whole office enrolls from behind one. */
const MOST_ACCOUNTS_PER_HOUR = 3_000;

export function createAcme(kernel: Kernel, ports: AcmePorts): Feature {
  const door = new AcmeDoor(kernel, ports);
  return {
    name: "acme",
    migrations: [...accountMigrations, ...orderMigrations, ...attestationMigrations, ...deviceAttestationMigrations],
    actions: [showAttestation],
    routes: acmeRoutes(kernel, door, ports, new RateLimit(MOST_ACCOUNTS_PER_HOUR, 3_600_000)),
    jobs: [
      {
        name: "acme/forget-ended",
        everyMs: 600_000,
        run: () =>
          kernel.store.write(systemScope(PLATFORM, "acme"), async (tx) => {
            await deleteOldOrders(tx, tx.now - FORGET_AFTER_MS);
            await deleteIdleAccounts(tx, tx.now - IDLE_ACCOUNT_MS);
          }),
      },
    ],
  };
}
