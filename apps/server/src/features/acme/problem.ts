import type { HttpResponse } from "../../kernel/feature.ts";

/** Error types of RFC 8555 section 6.7, and of draft-ietf-acme-device-attest. */
const STATUS = {
  accountDoesNotExist: 400,
  alreadyRevoked: 400,
  badAttestationStatement: 400,
  badCSR: 400,
  badNonce: 400,
  badPublicKey: 400,
  badRevocationReason: 400,
  badSignatureAlgorithm: 400,
  conflict: 409,
  malformed: 400,
  notFound: 404,
  orderNotReady: 403,
  rateLimited: 429,
  rejectedIdentifier: 403,
  // RFC 8555 has 401 for this. On this door 401 would tell a Mac that it is unenrolled (decision 20).
  unauthorized: 403,
  unsupportedContentType: 415,
  unsupportedIdentifier: 400,
} as const;

export type ProblemType = keyof typeof STATUS;

/** Those that RFC 8555 has no word for. */
const GENERIC: ReadonlySet<ProblemType> = new Set(["conflict", "notFound", "unsupportedContentType"]);

/** A problem document without its status (RFC 9457), as it also stands inside orders and challenges. */
export interface ProblemBody {
  readonly type: string;
  readonly detail: string;
}

/** Why a request was refused. The detail says what to do next and repeats nothing that the client sent. */
export class AcmeProblem extends Error {
  override readonly name = "AcmeProblem";
  readonly type: ProblemType;
  readonly headers: Readonly<Record<string, string>>;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    type: ProblemType,
    detail: string,
    options: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly extra?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(detail);
    this.type = type;
    this.headers = options.headers ?? {};
    this.extra = options.extra ?? {};
  }
}

const typeUri = (type: ProblemType): string =>
  GENERIC.has(type) ? "about:blank" : `urn:ietf:params:acme:error:${type}`;

export const problemBody = (type: ProblemType, detail: string): ProblemBody => ({ type: typeUri(type), detail });

export function problemResponse(problem: AcmeProblem): HttpResponse {
  const status = STATUS[problem.type];
  return {
    status,
    headers: { ...problem.headers, "content-type": "application/problem+json" },
    body: JSON.stringify({ ...problemBody(problem.type, problem.message), status, ...problem.extra }),
  };
}
