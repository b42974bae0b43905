import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, Name, page, paging, Time } from "../shapes.ts";

export const Tenant = closed({ id: Type.String(), name: Name, createdAt: Time });
export type Tenant = Static<typeof Tenant>;

export const listTenants = defineAction({
  name: "tenants.list-tenants",
  summary: "List the tenants that you may work in",
  method: "GET",
  path: "/tenants",
  risk: "read",
  input: closed({ ...paging }),
  output: page(Tenant),
  auditable: [],
});

export const createTenant = defineAction({
  name: "tenants.create-tenant",
  summary: "Create a tenant",
  method: "POST",
  path: "/tenants",
  risk: "change",
  input: closed({ name: Name }),
  output: Tenant,
  auditable: ["name"],
  status: 201,
});
