import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Where `nano2nano` finds it in NanoMDM. */
const PATH = "/migration";
const MOST_MESSAGE_BYTES = 1_000_000;
const MOST_MESSAGES = 2_000_000;
/** Its sender has one connection. */
const MOST_CONNECTIONS = 8;

export interface CheckInReceiver {
  /** The address for `nano2nano -url`. */
  readonly url: string;
  readonly isLoopback: boolean;
  /** Messages with the right key that were not taken. */
  refused(): number;
  close(): Promise<void>;
}

export interface ReceiveOptions {
  /** `HOST:PORT`, or a port of 127.0.0.1. */
  readonly listen: string;
  readonly apiKey: string;
  /** @returns false for a message that cannot be read */
  take(message: Uint8Array): boolean;
  readonly mostMessages?: number;
}

/**
 * Stands in for NanoMDM's migration endpoint: `nano2nano` PUTs each raw check-in, one after the other, with the API key as the
 * password of `nanomdm` in HTTP basic authentication, takes 200 for success, and goes on after anything else.
 */
export async function receiveCheckIns(options: ReceiveOptions): Promise<CheckInReceiver> {
  const { host, port } = addressOf(options.listen);
  const { take, mostMessages = MOST_MESSAGES } = options;
  const expected = digest(`Basic ${Buffer.from(`nanomdm:${options.apiKey}`).toString("base64")}`);
  let [taken, refused] = [0, 0];
  const server = createServer((request, response) => {
    const refusal = refusalOf(request, expected);
    if (refusal !== undefined) return refuse(response, refusal);
    void bodyOf(request)
      .then((body) => {
        const status = body === undefined ? 413 : taken + refused >= mostMessages ? 507 : take(body) ? 200 : 400;
        if (status === 200) taken += 1;
        else refused += 1;
        if (body === undefined) return refuse(response, status);
        response.writeHead(status).end();
      })
      .catch(() => {
        refused += 1;
        response.destroy();
      });
  });
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const bound = server.address() as AddressInfo;
  return {
    url: `http://${bound.family === "IPv6" ? `[${bound.address}]` : bound.address}:${bound.port}${PATH}`,
    isLoopback: bound.address === "::1" || bound.address.startsWith("127."),
    refused: () => refused,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The key first: who does not have it learns nothing else. */
function refusalOf(request: IncomingMessage, expected: Buffer): number | undefined {
  if (!timingSafeEqual(digest(request.headers.authorization ?? ""), expected)) return 401;
  if (request.url?.split("?")[0] !== PATH) return 404;
  return request.method === "PUT" ? undefined : 405;
}

/** What was not read is not waited for. */
function refuse(response: ServerResponse, status: number): void {
  const challenge = status === 401 ? { "www-authenticate": 'Basic realm="nanomdm"' } : {};
  response.writeHead(status, { connection: "close", ...challenge }).end();
}

/** @returns undefined for one that is too long */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_MESSAGE_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Of one length, so that comparing takes one time. */
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

function addressOf(listen: string): { readonly host: string; readonly port: number } {
  const [, host = "127.0.0.1", port] = /^(?:(.+):)?(\d{1,5})$/.exec(listen) ?? [];
  if (port === undefined || Number(port) > 65_535) throw new Error(`--listen takes PORT or HOST:PORT, not ${listen}`);
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
}
