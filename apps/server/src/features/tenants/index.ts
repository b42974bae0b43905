export { addTenant, createTenant } from "./create-tenant.ts";
export { type TenantRow, toTenant } from "./model.ts";
export { readTenant, readTenants } from "./tenants.sql.ts";
