/**
 * What went wrong, for people and for programs. `code` is stable (`feature.reason`), the message says what to do next.
 * Doors translate it once: to RFC 9457, to a plist answer, to an MQTT refusal.
 */
export class PomonaError extends Error {
  override readonly name = "PomonaError";
  readonly code: string;
  readonly kind: ErrorKind;
  /** More for the reader, free of secrets: which field, which limit. */
  readonly detail: Readonly<Record<string, unknown>> | undefined;

  constructor(
    kind: ErrorKind,
    code: string,
    message: string,
    options?: ErrorOptions & { readonly detail?: Readonly<Record<string, unknown>> },
  ) {
    super(message, options);
    this.kind = kind;
    this.code = code;
    this.detail = options?.detail;
  }
}

/** What a door needs to know to answer: each kind is one HTTP status. */
export type ErrorKind =
  | "invalid" // 400 the input does not fit
  | "unauthenticated" // 401 who are you (never on the device channel)
  | "forbidden" // 403 you may not
  | "not-found" // 404 there is no such thing in your tenant
  | "conflict" // 409 the state does not allow it
  | "too-large" // 413
  | "unprocessable" // 422 same idempotency key, other body
  | "exhausted" // 429 a budget or a rate
  | "unavailable"; // 503 not now, try again

export const notFound = (what: string, id: string): PomonaError =>
  new PomonaError("not-found", `${what}.not-found`, `There is no ${what} ${id} in this tenant.`);
