import type { Problem } from "@pomona/contract";
import { type ErrorKind, PomonaError } from "../../kernel/errors.ts";

const STATUS: Readonly<Record<ErrorKind, readonly [number, string]>> = {
  invalid: [400, "The request does not fit"],
  unauthenticated: [401, "Who are you?"],
  forbidden: [403, "You may not do that"],
  "not-found": [404, "There is no such thing"],
  conflict: [409, "The state does not allow it"],
  "too-large": [413, "Too large"],
  unprocessable: [422, "The key was used for something else"],
  exhausted: [429, "Too much"],
  unavailable: [503, "Not now"],
};

/**
 * Any error as RFC 9457 says it; a fault of ours tells the caller only the id under which the log has it.
 * @param bodyLimit bytes that the route takes, for whoever sent more
 */
export function problemOf(error: unknown, requestId: string, bodyLimit?: number): Problem {
  if (error instanceof PomonaError) {
    const [status, title] = STATUS[error.kind];
    const errors = error.detail?.["errors"] as Problem["errors"];
    return {
      type: `urn:pomona:problem:${error.code}`,
      title,
      status,
      code: error.code,
      detail: error.message,
      instance: requestId,
      ...(errors === undefined ? {} : { errors }),
    };
  }
  const known = error as { readonly statusCode?: number; readonly code?: string; readonly message?: string };
  if (known.statusCode === 413) {
    return {
      type: "about:blank",
      title: "Too large",
      status: 413,
      code: "body.too-large",
      detail: `The body is larger than the ${bodyLimit ?? "few"} bytes that are taken here.`,
      instance: requestId,
    };
  }
  if (known.statusCode !== undefined && known.statusCode >= 400 && known.statusCode < 500) {
    return {
      type: "about:blank",
      title: "The request does not fit",
      status: known.statusCode,
      code: "request.invalid",
      detail: known.message ?? "The request could not be read.",
      instance: requestId,
    };
  }
  return {
    type: "about:blank",
    title: "A fault of the server",
    status: 500,
    code: "server.fault",
    detail: `The server failed at this request. Its log has the cause under ${requestId}; nothing was changed.`,
    instance: requestId,
  };
}
