import { listTenants, showSession } from "@pomona/contract";
import { bindAction } from "../../kernel/action.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import { readTenants, type TenantRow, toTenant } from "../tenants/index.ts";
import { readGrants } from "./access.sql.ts";
import type { Grant } from "./model.ts";

/** The tenants of the caller: the only list of tenants there is, so that nobody sees that others exist. */
async function grantedTenants(
  tx: ReadTransaction,
): Promise<{ readonly tenants: readonly TenantRow[]; readonly grants: readonly Grant[] }> {
  const grants = await readGrants(tx, tx.scope.actor.id);
  const isGranted = new Set(grants.map((grant) => grant.tenantId));
  return { grants, tenants: (await readTenants(tx)).filter((tenant) => isGranted.has(tenant.id)) };
}

export const showSessionAction = bindAction(showSession, {
  run: async ({ scope, tx }) => {
    const { tenants, grants } = await grantedTenants(tx);
    const tenant = tenants.find(({ id }) => id === scope.tenantId)!;
    return {
      actor: { ...scope.actor },
      role: grants.find((grant) => grant.tenantId === scope.tenantId)!.role,
      tenant: toTenant(tenant),
      tenants: tenants.map(toTenant),
      permissions: [...scope.permissions],
    };
  },
});

export const listTenantsAction = bindAction(listTenants, {
  run: async ({ tx }, { limit = 100, cursor = "" }) => {
    const { tenants } = await grantedTenants(tx);
    const rest = tenants.filter(({ id }) => id > cursor);
    const items = rest.slice(0, limit).map(toTenant);
    return { items, nextCursor: rest.length > limit ? items.at(-1)!.id : null };
  },
});
