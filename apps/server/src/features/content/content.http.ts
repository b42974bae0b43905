import type { HttpRequest, HttpResponse, HttpRoute, Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { byteRange } from "./byte-range.ts";
import { hasGrant, readBlob } from "./content.sql.ts";
import { manifestOf, manifestPlist } from "./manifest.ts";
import type { BlobStore, BlobSummary } from "./ports.ts";
import { type LinkGrant, readGrant, signGrant } from "./signed-link.ts";

export interface ContentParts {
  readonly kernel: Kernel;
  readonly blobs: BlobStore;
  readonly linkKey: () => Uint8Array;
  /** `https://host:8444` */
  readonly deviceUrl: () => string;
  readonly version: string;
}

/** From the manifest to the package: a Mac downloads at once, and may resume for a while. */
const FILE_LINK_MS = 6 * 3_600_000;
export const FILE_NAME = "pomona-agent.tar.gz";
const GONE: HttpResponse = {
  status: 404,
  headers: { "content-type": "text/plain" },
  body: "There is no such thing.\n",
};

/** A link is all that a Mac shows here: Apple's installer brings no certificate along. */
export function contentRoutes(parts: ContentParts): readonly HttpRoute[] {
  const granted = async (request: HttpRequest): Promise<{ grant: LinkGrant; blob: BlobSummary } | undefined> => {
    const { kernel, blobs, linkKey } = parts;
    const grant = readGrant(linkKey(), request.params.grant ?? "", kernel.clock.now());
    if (grant === undefined) return undefined;
    const blob = await kernel.store.read(systemScope(grant.tenantId, "content"), async (tx) =>
      (await hasGrant(tx, grant.hash)) ? readBlob(tx, grant.hash) : undefined,
    );
    return blob !== undefined && (await blobs.verify(blob.hash)) ? { grant, blob } : undefined;
  };
  return [
    {
      door: "device",
      method: "GET",
      path: "/content/{grant}/manifest.plist",
      maxBodyBytes: 0,
      handle: async (request) => {
        const found = await granted(request);
        return found === undefined ? GONE : manifestFor(parts, found.grant, found.blob);
      },
    },
    {
      door: "device",
      method: "GET",
      path: "/content/{grant}/{file}",
      maxBodyBytes: 0,
      handle: async (request) => {
        const found = request.params.file === FILE_NAME ? await granted(request) : undefined;
        return found === undefined ? GONE : serve(parts.blobs, found.blob, request);
      },
    },
  ];
}

function manifestFor(parts: ContentParts, grant: LinkGrant, blob: BlobSummary): HttpResponse {
  const expires = parts.kernel.clock.now() + FILE_LINK_MS;
  const link = signGrant(parts.linkKey(), { ...grant, expires });
  return {
    status: 200,
    headers: { "content-type": "text/xml; charset=utf-8", "cache-control": "no-store" },
    body: manifestPlist({
      ...manifestOf(blob, parts.version),
      url: `${parts.deviceUrl()}/content/${link}/${FILE_NAME}`,
    }),
  };
}

function serve(blobs: BlobStore, blob: BlobSummary, request: HttpRequest): HttpResponse {
  const header = request.headers.range;
  const range = byteRange(typeof header === "string" ? header : undefined, blob.size);
  const common = { "content-type": "application/gzip", "accept-ranges": "bytes", etag: `"${blob.hash}"` };
  if (range === "unsatisfiable")
    return { status: 416, headers: { ...common, "content-range": `bytes */${blob.size}` } };
  const { start, end } = range ?? { start: 0, end: blob.size };
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      ...common,
      "content-length": String(end - start),
      ...(range === undefined ? {} : { "content-range": `bytes ${start}-${end - 1}/${blob.size}` }),
    },
    body: blobs.read(blob.hash, start, end),
  };
}
