import { asId, type TenantId } from "@pomona/facts";
import { isId } from "../../kernel/clock.ts";
import type { HttpRequest, HttpResponse, HttpRoute, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { type Authority, readTenant } from "../tenants/index.ts";
import { ANSWER_VALID_MS, answerOcsp } from "./answer-ocsp.ts";
import type { RevocationLists } from "./revocation-lists.ts";

const MAX_REQUEST = 16_384;
const OCSP_TYPE = "application/ocsp-response";
const NOT_FOUND: HttpResponse = { status: 404 };

interface PkiParts {
  readonly kernel: Kernel;
  readonly authority: Authority;
  readonly lists: RevocationLists;
}

/** What anybody may ask about our certificates: the list of those revoked, one certificate's state, the issuer itself. */
export const pkiRoutes = (parts: PkiParts): readonly HttpRoute[] => {
  const get = (path: HttpRoute["path"], handle: HttpRoute["handle"]): HttpRoute => ({
    door: "device",
    method: "GET",
    path,
    maxBodyBytes: 1,
    handle,
  });
  return [
    get("/pki/{authority}/crl", (request) => serveList(parts, request)),
    get("/pki/{authority}/ca", (request) => serveIssuer(parts, request)),
    // The base64 may hold slashes, escaped or not (RFC 6960 appendix A.1).
    get("/pki/{authority}/ocsp/{request...}", (request) => serveOcsp(parts, request, readPath(request))),
    {
      door: "device",
      method: "POST",
      path: "/pki/{authority}/ocsp",
      maxBodyBytes: MAX_REQUEST,
      handle: (request) => serveOcsp(parts, request, request.body),
    },
  ];
};

/** Only of tenants that exist: an authority is made when it is first asked for. */
async function authorityOf({ kernel }: PkiParts, { params }: HttpRequest): Promise<TenantId | "root" | undefined> {
  const text = params["authority"] ?? "";
  if (text === "root") return text;
  if (!isId(text)) return undefined;
  const tenant = await kernel.store.read(systemScope(PLATFORM, "revocation"), (tx) =>
    readTenant(tx, asId<"tenant">(text)),
  );
  return tenant?.id;
}

async function serveList(parts: PkiParts, request: HttpRequest): Promise<HttpResponse> {
  const of = await authorityOf(parts, request);
  if (of === undefined) return NOT_FOUND;
  const { der } = await parts.lists.current(of);
  // Whoever keeps it for long learns late: a quarter of an hour is what a revocation may take to reach others.
  return {
    status: 200,
    headers: { "content-type": "application/pkix-crl", "cache-control": "public, max-age=900" },
    body: der,
  };
}

async function serveIssuer(parts: PkiParts, request: HttpRequest): Promise<HttpResponse> {
  const of = await authorityOf(parts, request);
  if (of === undefined) return NOT_FOUND;
  const { authority } = parts;
  const body = of === "root" ? authority.rootDer : (await authority.intermediate(of)).certificate.raw;
  return {
    status: 200,
    headers: { "content-type": "application/pkix-cert", "cache-control": "public, max-age=86400" },
    body,
  };
}

async function serveOcsp(
  parts: PkiParts,
  request: HttpRequest,
  question: Uint8Array | undefined,
): Promise<HttpResponse> {
  const of = await authorityOf(parts, request);
  // The root issues authorities only, which are in its list.
  if (of === undefined || of === "root") return NOT_FOUND;
  const body = await answerOcsp(parts.kernel, parts.authority, of, question ?? new Uint8Array());
  const cache = request.method === "GET" ? `public, max-age=${ANSWER_VALID_MS / 12_000}` : "no-store";
  return { status: 200, headers: { "content-type": OCSP_TYPE, "cache-control": cache }, body };
}

/** @returns undefined for what is no base64, which is then answered as every malformed request */
function readPath({ params }: HttpRequest): Uint8Array | undefined {
  const text = (params["request"] ?? "").replaceAll(" ", "+");
  return text.length <= MAX_REQUEST && /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, "base64") : undefined;
}
