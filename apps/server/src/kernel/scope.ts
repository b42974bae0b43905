import { asId, type DeviceId, type TenantId } from "@pomona/facts";

/** Who acts. `name` is what the audit trail shows. */
export interface Actor {
  readonly kind: "person" | "token" | "device" | "system";
  readonly id: string;
  readonly name: string;
}

/** Tenant and actor: every store call takes one, and nothing outside the tenant exists for it. */
export interface Scope {
  readonly tenantId: TenantId;
  readonly actor: Actor;
  /** Names of the actions that this actor may perform; `*` is all. */
  readonly permissions: ReadonlySet<string>;
  /** Where the request came from, for the audit trail. */
  readonly address?: string;
}

/** The tenant of what belongs to the installation itself: tenants, people, sessions, the map of certificates. */
export const PLATFORM = asId<"tenant">("platform");

/** The server's own work in one tenant: fact handlers, jobs, sweeps. `part` names the feature. */
export const systemScope = (tenantId: TenantId, part: string): Scope => ({
  tenantId,
  actor: { kind: "system", id: part, name: part },
  permissions: new Set(["*"]),
});

/** A Mac speaking for itself over the device or agent channel. It performs no actions, so it has no permissions. */
export const deviceScope = (tenantId: TenantId, deviceId: DeviceId): Scope => ({
  tenantId,
  actor: { kind: "device", id: deviceId, name: deviceId },
  permissions: new Set(),
});

export const may = (scope: Scope, permission: string): boolean =>
  scope.permissions.has("*") || scope.permissions.has(permission);
