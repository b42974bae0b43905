import type { Static, TObject, TSchema } from "typebox";

/** What an action may do at worst; budgets are counted per risk. */
export type Risk = "read" | "change" | "rootEquivalent" | "destructive";

/**
 * Everything that is known of an action outside the server's code: route, permission, form, reference page, OpenAPI
 * operation, CLI verb and what an auditor may see are all read from this one value.
 */
export interface ActionContract<Input extends TObject = TObject, Output extends TSchema = TSchema> {
  /** `feature.verb-noun`; it is the permission's name too. */
  readonly name: `${string}.${string}`;
  /** One line, as a menu would say it. */
  readonly summary: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below `/api/v1`; `{name}` takes the input field of that name. GET and DELETE take the rest from the query. */
  readonly path: `/${string}`;
  readonly risk: Risk;
  readonly input: Input;
  readonly output: Output;
  /** Input fields that the audit trail keeps in the open. A field left out is recorded as omitted: forgetting leaks nothing. */
  readonly auditable: readonly (keyof Static<Input> & string)[];
  /** HTTP status of success: 201 for what creates, 202 for what is only accepted. */
  readonly status?: 200 | 201 | 202 | 204;
  /** Reads are not on the audit trail unless they say so (reveals, exports). */
  readonly auditRead?: true;
  /** The answer is a secret in the open: nobody on the way keeps it, and it is not kept for a repeated request either. */
  readonly noStore?: true;
}

export const defineAction = <Input extends TObject, Output extends TSchema>(
  contract: ActionContract<Input, Output>,
): ActionContract<Input, Output> => contract;

export type InputOf<Contract> = Contract extends ActionContract<infer Input, TSchema> ? Static<Input> : never;
export type OutputOf<Contract> = Contract extends ActionContract<TObject, infer Output> ? Static<Output> : never;
