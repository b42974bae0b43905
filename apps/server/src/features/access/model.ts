import { createHash, randomBytes } from "node:crypto";
import { actions, type Role } from "@pomona/contract";

/** The hash under which tokens, sessions and links are kept; the secret itself is nowhere. */
export const hashOf = (secret: string): string => createHash("sha256").update(secret, "utf8").digest("hex");

/** 256 random bits behind a prefix by which a leaked one is recognised. */
export const newSecret = (prefix: "pomona_t" | "pomona_s" | "pomona_l"): string =>
  `${prefix}_${randomBytes(32).toString("base64url")}`;

/** What each role may do in a tenant; `access.*` that changes something is an administrator's alone. */
export function permissionsOf(role: Role): ReadonlySet<string> {
  return (ROLES[role] ??= new Set(
    actions
      .filter(({ name, risk }) => {
        if (PLATFORM_ACTIONS.has(name)) return false;
        if (role === "administrator") return true;
        if (risk === "read") return role === "operator" || !name.startsWith("access.list-");
        return role === "operator" && !name.startsWith("access.");
      })
      .map(({ name }) => name)
      .concat("events.read"),
  ));
}
const ROLES: Partial<Record<Role, ReadonlySet<string>>> = {};

/** Belong to the installation, not to a tenant: only a platform administrator has them. */
export const PLATFORM_ACTIONS: ReadonlySet<string> = new Set(["tenants.create-tenant"]);

export interface Principal {
  readonly id: string;
  readonly kind: "person" | "token";
  readonly name: string;
}
export interface Grant {
  readonly tenantId: string;
  readonly role: Role;
}

export const SESSION_MS = 12 * 3_600_000;
export const LINK_MS = 24 * 3_600_000;
