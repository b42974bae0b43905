import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import cookie from "@fastify/cookie";
import { openApiOf } from "@pomona/contract";
import fastify, { type FastifyInstance } from "fastify";
import type { Authenticator } from "../../features/access/index.ts";
import type { BoundAction } from "../../kernel/action.ts";
import type { Connections, HttpRoute, Kernel } from "../../kernel/feature.ts";
import type { Performer } from "../../kernel/perform.ts";
import { addActionRoutes } from "./action-routes.ts";
import { addConsole } from "./console-files.ts";
import { discardRest } from "./discard-rest.ts";
import { addEventStream } from "./event-stream.ts";
import { addFeatureRoutes } from "./feature-routes.ts";
import { OpenSockets } from "./open-sockets.ts";
import { problemOf } from "./problem.ts";
import { addSessionRoutes } from "./sessions.ts";
import { tellConnections } from "./tell-connections.ts";

export interface ApiDoorOptions {
  readonly host: string;
  readonly port: number;
  /** PEM; the leaf first, then its intermediates. */
  readonly tls: { readonly certificate: string; readonly key: string };
  readonly kernel: Kernel;
  readonly actions: readonly BoundAction[];
  readonly routes: readonly HttpRoute[];
  readonly performer: Performer;
  readonly authenticator: Authenticator;
  /** Folder of the built console. */
  readonly consoleDir: string;
  readonly version: string;
  /** Whether what is written is kept, in a word for whoever watches this server. */
  readonly storeState: () => string;
  readonly maxBodyBytes?: number;
  readonly connections: Connections;
  /** Addresses and networks of proxies whose X-Forwarded-For is believed; nobody's when not given. */
  readonly trustedProxies?: readonly string[];
}

export interface Door {
  readonly port: number;
  close(): Promise<void>;
}

/** Connections that the kernel holds until they are accepted. */
const BACKLOG = 4_096;
const HEADERS = {
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "x-frame-options": "DENY",
};

/** Opens the door for people and tokens: REST, events, the console and the enrollment portal; HTTP/2 and HTTP/1.1. */
export async function openApiDoor(options: ApiDoorOptions): Promise<Door> {
  const { kernel } = options;
  // Fastify types HTTP/2 servers apart; nothing below depends on which of the two it is.
  const server = fastify({
    http2: true,
    https: {
      allowHTTP1: true,
      key: options.tls.key,
      cert: options.tls.certificate,
      minVersion: "TLSv1.2",
      handshakeTimeout: 10_000,
    },
    bodyLimit: options.maxBodyBytes ?? 2_097_152,
    ...(options.trustedProxies === undefined ? {} : { trustProxy: [...options.trustedProxies] }),
    genReqId: () => randomUUID(),
    http2SessionTimeout: 600_000,
    forceCloseConnections: true,
  }) as unknown as FastifyInstance;
  // Node's own five seconds end under the hands of HTTP/1.1 clients that keep a connection for their next question.
  server.server.keepAliveTimeout = 75_000;
  await server.register(cookie);
  server.addHook("onRequest", async (_, reply) => {
    reply.headers(HEADERS);
  });
  server.setErrorHandler(async (error, request, reply) => {
    const problem = problemOf(error, request.id, request.routeOptions.bodyLimit);
    if (problem.status >= 500) {
      kernel.log.error("api.fault", {
        id: request.id,
        url: request.routeOptions.url,
        error: String((error as Error).stack),
      });
    }
    if (problem.status === 413) reply.removeHeader("connection");
    discardRest(request.raw);
    return reply.code(problem.status).type("application/problem+json").send(JSON.stringify(problem));
  });
  server.setNotFoundHandler(async (request, reply) => {
    const problem = { type: "about:blank", title: "There is no such thing", status: 404, code: "route.not-found" };
    const detail = "There is no such route. The list of routes is at /api/v1/openapi.json.";
    return reply
      .code(404)
      .type("application/problem+json")
      .send(JSON.stringify({ ...problem, detail, instance: request.id }));
  });
  server.get("/api/v1/health", async () => ({ status: "up", store: options.storeState() }));
  server.get("/api/v1/openapi.json", async (request) =>
    openApiOf(
      options.actions.map((action) => action.contract),
      `https://${request.host}/api/v1`,
      options.version,
    ),
  );
  addSessionRoutes(server, kernel);
  addActionRoutes(server, options.actions, options.performer, options.authenticator);
  const streams = addEventStream(server, kernel, options.authenticator);
  await addFeatureRoutes(server, options.routes);
  await addConsole(server, options.consoleDir);
  const sockets = new OpenSockets(server.server);
  tellConnections(server, options.connections);
  await server.listen({ host: options.host, port: options.port, backlog: BACKLOG });
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    close: async () => {
      streams.closeAll();
      const callOff = sockets.endSoon();
      await server.close();
      callOff();
    },
  };
}
