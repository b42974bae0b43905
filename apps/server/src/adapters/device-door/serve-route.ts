import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { PomonaError } from "../../kernel/errors.ts";
import type { HttpResponse } from "../../kernel/feature.ts";
import type { FoundRoute } from "./route-table.ts";

/** Status of each kind of error on this door: 401 does not exist here. */
const STATUS: Readonly<Record<PomonaError["kind"], number>> = {
  invalid: 400,
  unauthenticated: 403,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  "too-large": 413,
  unprocessable: 422,
  exhausted: 429,
  unavailable: 503,
};

/** Runs a feature's route and writes its answer; a body that streams is written no faster than the peer reads. */
export async function serveRoute(
  { route, params }: FoundRoute,
  request: IncomingMessage,
  response: ServerResponse,
  received: { readonly body: Uint8Array; readonly peerCertificate: Uint8Array | undefined; readonly address: string },
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const { peerCertificate, body, address } = received;
  let answer: HttpResponse;
  try {
    answer = await route.handle({
      method: request.method ?? "GET",
      url: request.url ?? "/",
      params,
      headers: request.headers,
      body,
      address,
      signal: gone.signal,
      ...(peerCertificate === undefined ? {} : { peerCertificate }),
    });
  } catch (error) {
    if (!(error instanceof PomonaError)) throw error;
    answer = {
      status: STATUS[error.kind],
      headers: { "content-type": "application/problem+json" },
      body: JSON.stringify({ code: error.code, detail: error.message, status: STATUS[error.kind] }),
    };
  }
  await write(response, answer.status === 401 ? { status: 403 } : answer);
}

async function write(response: ServerResponse, { status, headers = {}, body }: HttpResponse): Promise<void> {
  if (body === undefined || typeof body === "string" || body instanceof Uint8Array) {
    const bytes = typeof body === "string" ? Buffer.from(body, "utf8") : body;
    response.writeHead(status, { ...headers, "content-length": bytes?.length ?? 0 });
    response.end(bytes);
    return;
  }
  response.writeHead(status, headers);
  // One listener for the whole body, however often the peer makes us wait.
  const isGone = new Promise<void>((resolve) => response.once("close", resolve));
  for await (const chunk of body) {
    if (response.destroyed) return;
    if (!response.write(chunk)) await Promise.race([once(response, "drain"), isGone]);
  }
  response.end();
}
