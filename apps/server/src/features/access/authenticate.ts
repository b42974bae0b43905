import { asId } from "@pomona/facts";
import { PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { PLATFORM, type Scope, systemScope } from "../../kernel/scope.ts";
import { findBySession, findByToken, readGrants } from "./access.sql.ts";
import { type Grant, hashOf, PLATFORM_ACTIONS, permissionsOf } from "./model.ts";

export interface Credentials {
  /** An API token, or the secret of a session cookie. */
  readonly token?: string | undefined;
  readonly session?: string | undefined;
  /** The tenant that the caller wants to work in; without it the first that is granted. */
  readonly tenantId?: string | undefined;
  readonly address?: string | undefined;
}

/** Who calls, in which tenant: the only maker of scopes for people and tokens. */
export class Authenticator {
  readonly #kernel: Kernel;
  readonly #used = new Map<string, number>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /**
   * @throws PomonaError `session.missing` or `session.unknown` (401), `tenant.not-found` (404) for a tenant that is not
   * granted, so that nobody learns which tenants exist
   */
  async scopeOf(credentials: Credentials): Promise<Scope> {
    const found = await this.#find(credentials);
    if (found === undefined) {
      throw new PomonaError(
        "unauthenticated",
        credentials.token === undefined && credentials.session === undefined ? "session.missing" : "session.unknown",
        "Sign in, or send a valid API token as 'Authorization: Bearer …'.",
      );
    }
    const { principal, grants } = found;
    const inTenants = grants.filter((grant) => grant.tenantId !== PLATFORM);
    const wanted = credentials.tenantId ?? inTenants[0]?.tenantId;
    const chosen = inTenants.find((grant) => grant.tenantId === wanted);
    if (chosen === undefined) {
      throw new PomonaError(
        "not-found",
        "tenant.not-found",
        "There is no such tenant for you. List yours at /api/v1/tenants.",
      );
    }
    if (credentials.token !== undefined) this.#used.set(principal.id, this.#kernel.clock.now());
    return {
      tenantId: asId<"tenant">(chosen.tenantId),
      actor: { kind: principal.kind as "person" | "token", id: principal.id, name: principal.name },
      permissions: permissionsWith(grants, chosen),
      ...(credentials.address === undefined ? {} : { address: credentials.address }),
    };
  }

  /** The tenants that a principal works in, with its role in each. */
  grantsOf(principalId: string): Promise<readonly Grant[]> {
    return this.#kernel.store.read(systemScope(PLATFORM, "access"), (tx) => readGrants(tx, principalId));
  }

  /** Which tokens were used since the last call, and when; written by a job, not by each request. */
  takeUsed(): ReadonlyMap<string, number> {
    const used = new Map(this.#used);
    this.#used.clear();
    return used;
  }

  #find({ token, session }: Credentials) {
    return this.#kernel.store.read(systemScope(PLATFORM, "access"), async (tx) => {
      const principal =
        token !== undefined
          ? await findByToken(tx, hashOf(token), tx.now)
          : session !== undefined
            ? await findBySession(tx, hashOf(session), tx.now)
            : undefined;
      return principal && { principal, grants: await readGrants(tx, principal.id) };
    });
  }
}

function permissionsWith(grants: readonly Grant[], chosen: Grant): ReadonlySet<string> {
  const isPlatformAdministrator = grants.some((g) => g.tenantId === PLATFORM && g.role === "administrator");
  const own = permissionsOf(chosen.role);
  return isPlatformAdministrator ? new Set([...own, ...PLATFORM_ACTIONS]) : own;
}
