import { createServer as createPlainServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Connections, HttpRoute, Kernel } from "../../kernel/feature.ts";
import { MdmEndpoint } from "./mdm-endpoint.ts";
import type { MdmPorts } from "./ports.ts";
import type { TrustedProxy } from "./proxy-certificate.ts";
import { QuarantineIntake } from "./quarantine-intake.ts";
import { BodyAborted, BodyTooLarge, readBody } from "./read-body.ts";
import { RouteTable } from "./route-table.ts";
import { serveRoute } from "./serve-route.ts";
import { TrustedProxies } from "./trusted-proxies.ts";

export interface DeviceDoorOptions {
  readonly host: string;
  /** 0 is chosen by the system. */
  readonly port: number;
  /** PEM. `ca` are the roots of client certificates, named to clients that choose by it. */
  readonly tls: { readonly certificate: string; readonly key: string; readonly ca: string };
  readonly kernel: Kernel;
  readonly mdm: MdmPorts;
  /** Routes of features whose door is "device". */
  readonly routes: readonly HttpRoute[];
  /** Off unless given: without it no header can claim a certificate. */
  readonly trustedProxy?: TrustedProxy;
  /** Without TLS, for benchmarks; refused on anything but loopback. */
  readonly isPlain?: boolean;
  readonly connections: Connections;
}

export interface DeviceDoor {
  readonly port: number;
  close(): Promise<void>;
}

/** Largest MDM message. An InstalledApplicationList of a full Mac has about 1 MB. */
const MDM_BODY_BYTES = 8 * 1024 * 1024;
const MDM_PATHS: ReadonlySet<string> = new Set(["/mdm", "/checkin"]);
/** How long a peer may take, in ms: for the handshake, the headers, the whole request, and until the next one. */
const PATIENCE = {
  handshakeTimeout: 10_000,
  headersTimeout: 20_000,
  requestTimeout: 120_000,
  keepAliveTimeout: 75_000,
};
/** Node looks for those who took longer every half minute, unless told otherwise. */
const LOOK_EVERY_MS = 5_000;
/** Connections that the kernel holds until they are accepted; a fleet that wakes at once must not have to try again. */
const BACKLOG = 4_096;
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);

/**
 * The device channel: MDM's two URLs and the routes of features. On bare node:https, because a check-in may carry any
 * Content-Type or none. Whatever goes wrong, the answer is never 401: a Mac takes that for "you are unenrolled".
 */
export async function openDeviceDoor(options: DeviceDoorOptions): Promise<DeviceDoor> {
  const { host, tls, connections: room } = options;
  if (options.isPlain === true && !LOOPBACK.has(host))
    throw new Error("a device door without TLS is for loopback only");
  const door = new Door(options);
  const limits = { ...PATIENCE, maxHeaderSize: 16_384, connectionsCheckingInterval: LOOK_EVERY_MS };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const served = () => {
      room.serve(request.socket);
      response.once("close", () => room.done(request.socket));
    };
    request.once("end", served);
    // What was refused unread is thrown away after the answer: nobody works on it any more.
    response.once("finish", () => request.off("end", served));
    void door.handle(request, response);
  };
  const server: Server =
    options.isPlain === true
      ? createPlainServer(limits, listener)
      : createTlsServer(
          {
            ...limits,
            key: tls.key,
            cert: tls.certificate,
            ca: tls.ca,
            requestCert: true,
            // Whom a certificate belongs to is looked up by its hash; a Mac without one signs its messages instead.
            rejectUnauthorized: false,
            minVersion: "TLSv1.2",
          },
          listener,
        );
  server.on("connection", (socket: Socket) => room.enter(socket));
  server.on("tlsClientError", (error: Error) => room.failed(error));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: options.port, host, backlog: BACKLOG }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        // A held poll may be open for a minute; who has to stop does not wait for it.
        setTimeout(() => room.clear(), 1000).unref();
      }),
  };
}

class Door {
  readonly #kernel: Kernel;
  readonly #mdm: MdmEndpoint;
  readonly #routes: RouteTable;
  readonly #proxies: TrustedProxies | undefined;
  readonly #peers = new WeakMap<object, Uint8Array | null>();
  readonly #room: Connections;

  constructor(options: DeviceDoorOptions) {
    this.#room = options.connections;
    this.#kernel = options.kernel;
    this.#mdm = new MdmEndpoint(options.kernel, options.mdm, new QuarantineIntake(options.kernel));
    this.#routes = new RouteTable(options.routes);
    this.#proxies = options.trustedProxy && new TrustedProxies(options.trustedProxy);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request.url ?? "/");
    try {
      if (MDM_PATHS.has(path)) await this.#mdmRequest(request, response, path);
      else await this.#routeRequest(request, response, path);
    } catch (error) {
      if (error instanceof BodyAborted) return;
      if (error instanceof BodyTooLarge) return refuseBody(request, response);
      this.#kernel.log.error("device-door.fault", { path: path.slice(0, 200), error: String(error) });
      if (response.headersSent) response.destroy();
      else end(response, 500);
    }
  }

  async #mdmRequest(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (request.method !== "PUT" && request.method !== "POST") {
      response.setHeader("allow", "PUT, POST");
      return end(response, 405);
    }
    const { headers } = request;
    const signature = headers["mdm-signature"];
    const body = await this.#body(request, MDM_BODY_BYTES);
    const answer = await this.#mdm.answer({
      path,
      contentType: headers["content-type"],
      signature: typeof signature === "string" ? signature : undefined,
      ...this.#peer(request),
      body,
    });
    end(response, answer.status, answer.body, answer.contentType);
  }

  async #routeRequest(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const found = this.#routes.find(request.method ?? "GET", path);
    if (found === undefined) return end(response, 404);
    if (found === "no-method") return end(response, 405);
    const body = await this.#body(request, found.route.maxBodyBytes);
    await serveRoute(found, request, response, { body, ...this.#peer(request) });
  }

  #body(request: IncomingMessage, limit: number): Promise<Uint8Array> {
    return readBody(request, limit, (bytes) => this.#room.hold(request.socket, bytes));
  }

  /** Who asks, and the certificate that TLS saw the key of: told by a trusted proxy, or else by the socket alone. */
  #peer(request: IncomingMessage): { readonly address: string; readonly peerCertificate: Uint8Array | undefined } {
    const address = request.socket.remoteAddress ?? "";
    const forwarded = this.#proxies?.read(address, request.headers);
    return forwarded === undefined
      ? { address, peerCertificate: this.#peerCertificate(request) }
      : { address: forwarded.address, peerCertificate: forwarded.certificate };
  }

  #peerCertificate(request: IncomingMessage): Uint8Array | undefined {
    const socket = request.socket as Partial<TLSSocket> & object;
    const held = this.#peers.get(socket);
    if (held !== undefined) return held ?? undefined;
    const der = socket.getPeerX509Certificate?.()?.raw;
    this.#peers.set(socket, der ?? null);
    return der;
  }
}

const pathOf = (url: string): string => {
  const at = url.indexOf("?");
  return at < 0 ? url : url.slice(0, at);
};

function end(response: ServerResponse, status: number, body?: Uint8Array, contentType?: string): void {
  if (status === 401) throw new Error("401 unenrolls a Mac and is never answered here");
  const length = body?.length ?? 0;
  response.writeHead(
    status,
    contentType === undefined
      ? { "content-length": length }
      : { "content-length": length, "content-type": contentType },
  );
  response.end(body);
}

/** For how long a body that is too large is read on and thrown away. */
const LINGER_MS = 2_000;

/** The answer goes out at once; closing under a peer that still sends would reach it as a reset instead. */
function refuseBody(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(413, { connection: "close", "content-length": 0 });
  response.flushHeaders();
  const timer = setTimeout(() => response.end(), LINGER_MS);
  request.once("close", () => clearTimeout(timer));
  request.once("end", () => response.end());
  request.resume();
}
