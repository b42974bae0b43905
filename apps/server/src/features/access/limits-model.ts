import type { Risk } from "@pomona/contract";

/** What may be touched in an hour, and how long a command can be taken back. */
export interface Limit {
  readonly perActor: number;
  readonly perTenant: number;
  readonly undoSeconds: number;
}
/** Limits by risk; reading costs nothing. */
export type Limits = Readonly<Record<Exclude<Risk, "read">, Limit>>;

/**
 * A stolen token erases at most twenty Macs before someone has an hour to notice, and several of them forty. A change is one to a
 * single Mac, or a question to any number: a large fleet can be asked several times an hour.
 */
export const DEFAULT_LIMITS: Limits = {
  change: { perActor: 1_000_000, perTenant: 2_000_000, undoSeconds: 0 },
  rootEquivalent: { perActor: 10_000, perTenant: 20_000, undoSeconds: 0 },
  destructive: { perActor: 20, perTenant: 40, undoSeconds: 30 },
};

/** How long a looser limit is announced before it counts, in ms: who stole a session must not raise it and use it at once. */
export const LOOSENING_MS = 3_600_000;

export interface LimitChange {
  readonly now: Limit;
  readonly next: { readonly limit: Limit; readonly at: number } | null;
}

/** The tighter of each value counts at once, the looser ones after {@link LOOSENING_MS}. */
export function changeLimit(old: LimitChange, wish: Partial<Limit>, at: number): LimitChange {
  const wanted: Limit = { ...(old.next?.limit ?? old.now), ...wish };
  const now: Limit = {
    perActor: Math.min(old.now.perActor, wanted.perActor),
    perTenant: Math.min(old.now.perTenant, wanted.perTenant),
    undoSeconds: Math.max(old.now.undoSeconds, wanted.undoSeconds),
  };
  const isLooser =
    wanted.perActor > now.perActor || wanted.perTenant > now.perTenant || wanted.undoSeconds < now.undoSeconds;
  return { now, next: isLooser ? { limit: wanted, at: at + LOOSENING_MS } : null };
}
