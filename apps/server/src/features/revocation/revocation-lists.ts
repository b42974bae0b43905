import type { TenantId } from "@pomona/facts";
import { createRevocationList } from "@pomona/pki";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { type Authority, readRevoked } from "../tenants/index.ts";

const HOUR = 3_600_000;
/** A list is made anew when it is this old, and is worth something for a week: a server that is down for days harms nobody. */
const FRESH_MS = 12 * HOUR;
const VALID_MS = 7 * 24 * HOUR;
/** The root revokes nothing by itself, and its key may be taken offline. */
const ROOT_VALID_MS = 90 * 24 * HOUR;

export interface SignedList {
  readonly der: Uint8Array;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
}

/** The revocation lists of the tenants' authorities and of the root: signed once, kept until something is revoked. */
export class RevocationLists {
  readonly #kernel: Kernel;
  readonly #authority: Authority;
  readonly #lists = new Map<TenantId | "root", Promise<SignedList>>();
  #lastNumber = 0;

  constructor(kernel: Kernel, authority: Authority) {
    this.#kernel = kernel;
    this.#authority = authority;
    authority.onRevoked((tenantId) => this.#lists.delete(tenantId));
  }

  async current(of: TenantId | "root"): Promise<SignedList> {
    const now = this.#kernel.clock.now();
    const held = await this.#lists.get(of);
    if (held !== undefined && now >= held.thisUpdate && now - held.thisUpdate < FRESH_MS) return held;
    // What is revoked while this one is made takes it out again: the promise goes in before the rows are read.
    const made = of === "root" ? this.#makeRoot(now) : this.#make(of, now);
    this.#lists.set(of, made);
    made.catch(() => this.#lists.delete(of));
    return made;
  }

  async #make(tenantId: TenantId, now: number): Promise<SignedList> {
    const issuer = await this.#authority.intermediate(tenantId);
    const rows = await this.#kernel.store.read(systemScope(tenantId, "revocation"), (tx) => readRevoked(tx));
    const times = { thisUpdate: now, nextUpdate: now + VALID_MS };
    const revoked = rows.map(({ serial, revokedAt, revocationReason }) => ({
      serialHex: serial,
      revokedAt: revokedAt!,
      reason: revocationReason ?? "unspecified",
    }));
    const spec = { issuer, ...times, number: this.#number(now), revoked };
    return { ...times, der: createRevocationList(this.#authority.crypto, spec) };
  }

  async #makeRoot(now: number): Promise<SignedList> {
    const times = { thisUpdate: now, nextUpdate: now + ROOT_VALID_MS };
    const spec = { issuer: this.#authority.rootKey(), ...times, number: this.#number(now), revoked: [] };
    return { ...times, der: createRevocationList(this.#authority.crypto, spec) };
  }

  /** Times grow over restarts too. */
  #number(now: number): number {
    this.#lastNumber = Math.max(this.#lastNumber + 1, now);
    return this.#lastNumber;
  }
}
