import type { HttpRequest } from "../../kernel/feature.ts";

/** Longest `message` of a GET: a request for an RSA-4096 key is about 6 kB. */
const MAX_MESSAGE = 24_000;

/** The operation of a SCEP request, from its raw query: the rest of it may hold bytes that no URL parser takes. */
export const operationOf = (url: string): string | undefined => /[?&]operation=([A-Za-z]+)/.exec(url)?.[1];

/**
 * The pkiMessage: the body of a POST, or `message` of a GET in base64. macOS does not percent-encode `+` and `/` there, and
 * proxies turn `+` into a space; others send base64url. On POST the query is not looked at.
 */
export function messageOf(request: Pick<HttpRequest, "method" | "url" | "body">): Uint8Array | undefined {
  if (request.method === "POST") return request.body.length === 0 ? undefined : request.body;
  const raw = /[?&]message=([^&#]*)/.exec(request.url)?.[1];
  if (raw === undefined || raw === "" || raw.length > MAX_MESSAGE) return undefined;
  const text = raw
    .replace(/%(2[BbFf]|3[Dd]|20|0[AaDd])/g, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)))
    .replace(/[ -]/g, "+")
    .replaceAll("_", "/")
    .replace(/[\r\n]/g, "");
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, "base64") : undefined;
}
