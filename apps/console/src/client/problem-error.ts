import type { Problem } from "@pomona/contract";

/** An answer that did not go well, in the words of RFC 9457; `code` is stable, `message` says what to do next. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  /** The request's id, to quote. */
  readonly instance: string | null;
  readonly fields: readonly { readonly path: string; readonly message: string }[];

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = "ProblemError";
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.instance = problem.instance ?? null;
    this.fields = problem.errors ?? [];
  }
}

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** Reads a problem from a body of any shape: a proxy in between may answer with HTML. */
export const problemFrom = (status: number, body: unknown): ProblemError => {
  const given = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const fields = Array.isArray(given["errors"]) ? (given["errors"] as unknown[]) : [];
  const instance = text(given["instance"]);
  return new ProblemError({
    type: text(given["type"]) ?? "about:blank",
    title: text(given["title"]) ?? `The server answered ${status}`,
    status,
    code: text(given["code"]) ?? `http.${status}`,
    detail:
      text(given["detail"]) ??
      "The answer had no explanation. Something between this page and Pomona may have sent it.",
    ...(instance === null ? {} : { instance }),
    errors: fields.flatMap((field) => {
      const entry = field as { path?: unknown; message?: unknown } | null;
      const message = text(entry?.message);
      return message === null ? [] : [{ path: text(entry?.path) ?? "", message }];
    }),
  });
};

/** The server could not be reached at all. */
export const unreachable = (): ProblemError =>
  new ProblemError({
    type: "about:blank",
    title: "Pomona cannot be reached",
    status: 0,
    code: "console.unreachable",
    detail: "The network or the server is down. What you see stays, and this page tries again by itself.",
  });
