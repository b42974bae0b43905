import type { AnyFact, DeviceId, Fact, FactType, TenantId } from "@pomona/facts";
import type { WriteTransaction } from "./store.ts";

/**
 * What a feature does when something happened. It runs in a transaction of its own in which the handler's place is
 * recorded, so each fact has its effect once, in order, however often the process dies in between.
 */
export interface FactHandler<Type extends FactType = FactType> {
  /** `feature/on-fact`, unique and stable: the handler's cursor is kept under it. */
  readonly name: string;
  readonly types: readonly Type[];
  /** Tells from the fact alone what is passed over without a transaction: each answer of each Mac would cost a second one. */
  concerns?(fact: Fact<Type>): boolean;
  /** Awaits nothing but its transaction; work outside goes to a job or to `tx.afterCommit`. */
  handle(tx: WriteTransaction, fact: Fact<Type>): Promise<void>;
}

/** Keeps a handler's list of types and the type of its fact in step, and forgets it for the list of all handlers. */
export const onFact = <Type extends FactType>(handler: FactHandler<Type>): FactHandler =>
  handler as unknown as FactHandler;

/** All facts that were committed, in order of position. */
export interface FactLog {
  /** Facts after `position`, of one tenant and of some types where these are given, oldest first. */
  readAfter(
    position: number,
    filter: { readonly tenantId?: TenantId; readonly types?: readonly FactType[]; readonly limit: number },
  ): Promise<readonly AnyFact[]>;
  /** Facts of one device before a position, newest first. */
  readOfDevice(
    tenantId: TenantId,
    deviceId: DeviceId,
    page: { readonly before?: number; readonly limit: number },
  ): Promise<readonly AnyFact[]>;
  /** The first and last position that can still be read; both 0 when there is none. */
  range(): Promise<{ readonly oldest: number; readonly newest: number }>;
  /** Called after each commit with its facts. @returns the function that ends it */
  subscribe(listener: (facts: readonly AnyFact[]) => void): () => void;
}
