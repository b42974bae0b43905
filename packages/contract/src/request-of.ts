import type { ActionContract, InputOf } from "./action-contract.ts";

/** An action as an HTTP request. */
export interface ActionRequest {
  readonly method: ActionContract["method"];
  /** Path and query, below the server's origin. */
  readonly url: string;
  /** JSON, or null where the method takes none. */
  readonly body: string | null;
}

const API_BASE = "/api/v1";

/**
 * `{name}` in the path takes the input field of that name; GET and DELETE take the rest from the query, other methods as a
 * JSON body. Fields that are undefined are left out.
 * @throws TypeError when a field that the path names is missing
 */
export function requestOf<Contract extends ActionContract>(
  contract: Contract,
  input: InputOf<Contract>,
): ActionRequest {
  const rest = new Map(Object.entries(input as Record<string, unknown>).filter(([, value]) => value !== undefined));
  const path = contract.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest.get(name);
    if (typeof value !== "string" || value === "") throw new TypeError(`${contract.name} needs ${name}`);
    rest.delete(name);
    return encodeURIComponent(value);
  });
  const { method } = contract;
  if (method !== "GET" && method !== "DELETE") {
    return { method, url: API_BASE + path, body: JSON.stringify(Object.fromEntries(rest)) };
  }
  const query = [...rest].map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(asText(value))}`);
  return { method, url: API_BASE + path + (query.length === 0 ? "" : `?${query.join("&")}`), body: null };
}

const asText = (value: unknown): string =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : String(value as string | number | boolean);
