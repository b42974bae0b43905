import type { Feature } from "../../kernel/feature.ts";
import { authorityMigrations } from "./authority.sql.ts";
import { tenantMigrations } from "./tenants.sql.ts";

export const createTenants = (): Feature => ({
  name: "tenants",
  migrations: [...tenantMigrations, ...authorityMigrations],
  actions: [],
});
