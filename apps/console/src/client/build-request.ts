import type { ActionContract, InputOf } from "@pomona/contract";

export interface BuiltRequest {
  readonly method: ActionContract["method"];
  /** Path and query, below the origin. */
  readonly url: string;
  /** JSON, or null where the method takes none. */
  readonly body: string | null;
}

/** Where every action lives. */
export const API_BASE = "/api/v1";

const asQuery = (value: unknown): string =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : String(value as string | number | boolean);

/**
 * Method, path, query and body of an action: `{name}` in the path takes the input field of that name, GET and DELETE take
 * the rest from the query, other methods as a JSON body. Fields that are undefined are left out.
 */
export const buildRequest = <C extends ActionContract>(contract: C, input: InputOf<C>): BuiltRequest => {
  const rest = new Map(Object.entries(input as Record<string, unknown>).filter(([, value]) => value !== undefined));
  const path = contract.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest.get(name);
    if (typeof value !== "string" || value === "") throw new TypeError(`${contract.name} needs ${name}`);
    rest.delete(name);
    return encodeURIComponent(value);
  });
  if (contract.method !== "GET" && contract.method !== "DELETE")
    return { method: contract.method, url: API_BASE + path, body: JSON.stringify(Object.fromEntries(rest)) };
  const query = new URLSearchParams([...rest].map(([name, value]) => [name, asQuery(value)]));
  return { method: contract.method, url: `${API_BASE}${path}${rest.size > 0 ? `?${query}` : ""}`, body: null };
};
