import { type ActionContract, type InputOf, type OutputOf, requestOf } from "@pomona/contract";

import { problemFrom, unreachable } from "./problem-error.ts";

export interface CallOptions {
  /** The tenant to work in; null for the actor's own. */
  readonly tenantId: string | null;
  readonly signal?: AbortSignal;
}

const readJson = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  if (text === "") return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
};

/** What makes the server believe that a changing request is this console's own, and not another site's form. */
export const CONSOLE_HEADER = { "Pomona-Client": "console" } as const;

const send = async (url: string, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(url, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw unreachable();
  }
};

/**
 * Performs an action. What creates carries an Idempotency-Key, so that one repeat after a broken connection cannot do it twice.
 * @throws ProblemError
 */
export const call = async <C extends ActionContract>(
  contract: C,
  input: InputOf<C>,
  options: CallOptions,
): Promise<OutputOf<C>> => {
  const { method, url, body } = requestOf(contract, input);
  const init: RequestInit = {
    method,
    body,
    credentials: "same-origin",
    headers: {
      Accept: "application/json",
      ...(options.tenantId === null ? {} : { "Pomona-Tenant": options.tenantId }),
      ...(method === "GET" ? {} : CONSOLE_HEADER),
      ...(body === null ? {} : { "Content-Type": "application/json" }),
      ...(method === "POST" ? { "Idempotency-Key": crypto.randomUUID() } : {}),
    },
    ...(options.signal ? { signal: options.signal } : {}),
  };
  const repeatable = method === "POST" || method === "PUT";
  const response = await send(url, init).catch((problem: unknown) => {
    if (!repeatable || options.signal?.aborted) throw problem;
    return send(url, init);
  });
  const answer = await readJson(response);
  if (!response.ok) throw problemFrom(response.status, answer);
  return answer as OutputOf<C>;
};
