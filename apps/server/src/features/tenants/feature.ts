import type { Feature } from "../../kernel/feature.ts";
import { tenantMigrations } from "./tenants.sql.ts";

export const createTenants = (): Feature => ({ name: "tenants", migrations: tenantMigrations, actions: [] });
