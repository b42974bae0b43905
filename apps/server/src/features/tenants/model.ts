import type { Tenant } from "@pomona/contract";
import type { TenantId } from "@pomona/facts";

export interface TenantRow {
  readonly id: TenantId;
  readonly name: string;
  /** ms */
  readonly createdAt: number;
}

export const toTenant = (row: TenantRow): Tenant => ({
  id: row.id,
  name: row.name,
  createdAt: new Date(row.createdAt).toISOString(),
});
