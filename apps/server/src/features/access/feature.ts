import type { Feature, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { createTenant } from "../tenants/index.ts";
import { accessMigrations, countPeople, deleteOldSessions, grant, touchTokens } from "./access.sql.ts";
import { Authenticator } from "./authenticate.ts";
import { budgetMigrations, deleteOld } from "./budget.sql.ts";
import { KEY_MS } from "./idempotency.ts";
import { deleteOldExceeded, limitMigrations } from "./limits.sql.ts";
import { limitActions, onBudgetExceeded } from "./limits.ts";
import { DEFAULT_LIMITS } from "./limits-model.ts";
import { listTenantsAction, showSessionAction } from "./show-session.ts";
import { createSignInLinkAction, createTokenAction, listTokensAction, revokeTokenAction } from "./tokens.ts";

/** How long tries beyond a limit are kept, in ms. */
const EXCEEDED_MS = 90 * 86_400_000;

export interface AccessFeature {
  readonly feature: Feature;
  readonly authenticator: Authenticator;
  /** Whether nobody can sign in yet, so that a first link has to be printed. */
  readonly isEmpty: () => Promise<boolean>;
}

export function createAccess(kernel: Kernel, consoleUrl: () => string): AccessFeature {
  const authenticator = new Authenticator(kernel);
  const scope = systemScope(PLATFORM, "access");
  return {
    authenticator,
    isEmpty: async () => (await kernel.store.read(scope, countPeople)) === 0,
    feature: {
      name: "access",
      migrations: [...accessMigrations, ...budgetMigrations, ...limitMigrations],
      actions: [
        showSessionAction,
        listTenantsAction,
        createTenant((tx, tenant) => grant(tx, tx.scope.actor.id, { tenantId: tenant.id, role: "administrator" })),
        createTokenAction,
        listTokensAction,
        revokeTokenAction,
        createSignInLinkAction(consoleUrl),
        ...limitActions(DEFAULT_LIMITS),
      ],
      factHandlers: [onBudgetExceeded],
      jobs: [
        {
          name: "access/note-used-tokens",
          everyMs: 10_000,
          run: async () => {
            const used = authenticator.takeUsed();
            if (used.size > 0) await kernel.store.write(scope, (tx) => touchTokens(tx, used));
          },
        },
        {
          name: "access/forget-old",
          everyMs: 600_000,
          run: () =>
            kernel.store.write(scope, async (tx) => {
              await deleteOldSessions(tx);
              await deleteOld(tx, tx.now - KEY_MS, Math.floor(tx.now / 3_600_000) - 48);
              await deleteOldExceeded(tx, tx.now - EXCEEDED_MS);
            }),
        },
      ],
    },
  };
}
