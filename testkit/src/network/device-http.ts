import { Agent, type IncomingMessage, request } from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";

const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

export interface DeviceRequest {
  readonly method: "GET" | "PUT" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal;
}

export interface DeviceResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

/** What a Mac's network stack trusts and shows. */
export interface Trust {
  /** PEM of the roots; empty means the system's. */
  readonly roots: readonly string[];
  /** PEM of a client certificate and its key, shown where the server asks for one. */
  readonly client?: { readonly certificate: string; readonly key: string };
}

/** The Mac's HTTP client: keeps connections open, gives up after a minute of silence. */
export interface DeviceHttp {
  send(request: DeviceRequest): Promise<DeviceResponse>;
  /** As `send`, but hands the body over in pieces as they come. */
  stream(request: DeviceRequest, onResponse: (response: IncomingMessage) => Promise<void>): Promise<void>;
  close(): void;
}

export function openDeviceHttp(trust: Trust, options: { readonly maxSockets?: number } = {}): DeviceHttp {
  const sockets = { keepAlive: true, maxSockets: options.maxSockets ?? 4, maxFreeSockets: options.maxSockets ?? 1 };
  const plain = new Agent(sockets);
  const secure = new TlsAgent({
    ...sockets,
    ...(trust.roots.length > 0 ? { ca: [...trust.roots] } : {}),
    ...(trust.client === undefined ? {} : { cert: trust.client.certificate, key: trust.client.key }),
  });

  const open = (wanted: DeviceRequest): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const url = new URL(wanted.url);
      const send = url.protocol === "https:" ? tlsRequest : request;
      const outgoing = send(url, {
        method: wanted.method,
        agent: url.protocol === "https:" ? secure : plain,
        headers: { ...wanted.headers, "Content-Length": String(wanted.body?.length ?? 0) },
        timeout: 60_000,
        ...(wanted.signal === undefined ? {} : { signal: wanted.signal }),
      });
      outgoing.on("timeout", () => outgoing.destroy(new Error("the server did not answer within 60 s")));
      outgoing.on("error", reject);
      outgoing.on("response", resolve);
      outgoing.end(wanted.body);
    });

  return {
    send: async (wanted) => {
      const response = await open(wanted);
      return { status: response.statusCode ?? 0, headers: response.headers, body: await readAll(response) };
    },
    stream: async (wanted, onResponse) => {
      const response = await open(wanted);
      try {
        await onResponse(response);
      } finally {
        response.destroy();
      }
    },
    close: () => {
      plain.destroy();
      secure.destroy();
    },
  };
}

async function readAll(response: IncomingMessage): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > MAX_RESPONSE_BYTES) throw new Error("the answer is longer than 64 MiB");
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
