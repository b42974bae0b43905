import { createTenant as contract } from "@pomona/contract";
import { bindAction } from "../../kernel/action.ts";
import { newId } from "../../kernel/clock.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { type TenantRow, toTenant } from "./model.ts";
import { insertTenant } from "./tenants.sql.ts";

/** Makes a tenant; used by the first start too, before there is anybody who could ask for it. */
export async function addTenant(tx: WriteTransaction, name: string): Promise<TenantRow> {
  const tenant: TenantRow = { id: newId<"tenant">(tx.now), name, createdAt: tx.now };
  await insertTenant(tx, tenant);
  await tx.inTenant({ ...tx.scope, tenantId: tenant.id }).publish({ type: "tenant.created", data: { name } });
  return tenant;
}

/** @param granted what gives the creator a role in the new tenant, in the same transaction */
export const createTenant = (granted: (tx: WriteTransaction, tenant: TenantRow) => Promise<void>) =>
  bindAction(contract, {
    devicesTouched: () => 0,
    run: async ({ tx }, { name }) => {
      const tenant = await addTenant(tx, name);
      await granted(tx, tenant);
      return toTenant(tenant);
    },
  });
