import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { FastifyInstance } from "fastify";
import type { Connections } from "../../kernel/feature.ts";

type RawRequest = IncomingMessage | Http2ServerRequest;

/**
 * Tells whose word it is on each connection: the peer's until a request is there with the whole of its body, over HTTP/2 as well;
 * then ours until it is answered.
 */
export function tellConnections(server: FastifyInstance, room: Connections): void {
  const { server: listener } = server;
  listener.on("connection", (socket) => room.enter(socket));
  listener.on("tlsClientError", (error: Error) => room.failed(error));
  listener.on("request", (request: RawRequest, response: ServerResponse | Http2ServerResponse) => {
    const { socket } = request;
    let state: "body" | "served" | "closed" = "body";
    const serve = () => {
      if (state !== "body") return;
      state = "served";
      room.serve(socket);
    };
    if (hasBody(request)) request.once("end", serve);
    else serve();
    response.once("close", () => {
      if (state === "served") room.done(socket);
      state = "closed";
    });
  });
  // Not async: whoever reads the body has to listen before its first part is handed on.
  server.addHook("preParsing", ({ raw }, _reply, payload, done) => {
    payload.on("data", (part: Uint8Array) => room.hold(raw.socket, part.length));
    done(null, payload);
  });
}

/** Whether a body comes after the headers. */
export function hasBody(request: RawRequest): boolean {
  if ("stream" in request) return !request.stream.endAfterHeaders;
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  return encoding !== undefined || (length !== undefined && length !== "0");
}
