import type { ActionContract, InputOf, OutputOf, Risk } from "@pomona/contract";
import type { Scope } from "./scope.ts";
import type { WriteTransaction } from "./store.ts";

/** What an action's code is handed. Actions of risk `read` get a transaction that cannot write. */
export interface ActionContext<Prepared = undefined> {
  readonly scope: Scope;
  readonly tx: WriteTransaction;
  /** What `prepare` found, for actions that have one. */
  readonly prepared: Prepared;
}

/** A contract of packages/contract with the code that does it. */
export interface BoundAction {
  readonly contract: ActionContract;
  /** How many devices the input touches, for the budget; 1 when not given, 0 for what touches none. */
  readonly devicesTouched?: (input: unknown, prepared: unknown) => number;
  /** What it may do at worst with this input, where that differs from the contract's risk; the budget is charged with it. */
  readonly riskOf?: (input: unknown, prepared: unknown) => Risk;
  /** What the audit trail keeps beside the input's auditable fields: facts made of the others, never a secret. Must not throw. */
  readonly alsoAudited?: (input: unknown) => Readonly<Record<string, unknown>>;
  /** Whether a caller may repeat it with an `Idempotency-Key`; true for what creates. */
  readonly idempotent: boolean;
  readonly prepare?: (scope: Scope, input: unknown) => Promise<unknown>;
  readonly run: (context: ActionContext<unknown>, input: unknown) => Promise<unknown>;
  /** Work after the commit whose result the caller waits for (a push, a round trip). It gets `run`'s output. */
  readonly finish?: (scope: Scope, input: unknown, output: unknown) => Promise<unknown>;
}

export interface ActionBody<Contract extends ActionContract, Prepared> {
  readonly devicesTouched?: (input: InputOf<Contract>, prepared: Prepared) => number;
  readonly riskOf?: (input: InputOf<Contract>, prepared: Prepared) => Risk;
  readonly alsoAudited?: (input: InputOf<Contract>) => Readonly<Record<string, unknown>>;
  /** Network, keys, blobs: what must not be awaited inside the transaction. */
  readonly prepare?: (scope: Scope, input: InputOf<Contract>) => Promise<Prepared>;
  readonly run: (context: ActionContext<Prepared>, input: InputOf<Contract>) => Promise<OutputOf<Contract>>;
  readonly finish?: (scope: Scope, input: InputOf<Contract>, output: OutputOf<Contract>) => Promise<OutputOf<Contract>>;
}

/** Binds code to a contract. */
export function bindAction<Contract extends ActionContract, Prepared = undefined>(
  contract: Contract,
  body: ActionBody<Contract, Prepared>,
): BoundAction {
  return {
    contract,
    idempotent: contract.method === "POST" && contract.risk !== "read" && contract.noStore !== true,
    ...(body as unknown as Omit<BoundAction, "contract" | "idempotent">),
  };
}
