import type { FastifyInstance } from "fastify";
import type { Authenticator } from "../../features/access/index.ts";
import { PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { may } from "../../kernel/scope.ts";
import { credentialsOf } from "./credentials.ts";
import { EventWriter } from "./event-writer.ts";
import { followFacts } from "./follow-facts.ts";

const KEEP_ALIVE_MS = 15_000;

export interface EventStreams {
  /** Ends every stream, so that the server can close. */
  closeAll(): void;
}

/** `GET /api/v1/events`: the tenant's facts as they are committed, from `Last-Event-ID` on, and live messages between. */
export function addEventStream(server: FastifyInstance, kernel: Kernel, authenticator: Authenticator): EventStreams {
  const open = new Set<EventWriter>();
  server.get("/api/v1/events", async (request, reply) => {
    const credentials = credentialsOf(request);
    const scope = await authenticator.scopeOf(credentials);
    if (!may(scope, "events.read")) {
      throw new PomonaError("forbidden", "permission.missing", `${scope.actor.name} lacks the permission events.read.`);
    }
    const after = cursorOf(request.headers["last-event-id"] ?? (request.query as Record<string, unknown>)["after"]);
    reply.hijack();
    reply.raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    const writer = new EventWriter(reply.raw);
    open.add(writer);
    // A stream outlives its request: whoever loses the token, the session or the tenant meanwhile must not go on reading.
    const askAgain = () => void authenticator.scopeOf(credentials).catch(() => writer.cut());
    const end = followFacts(kernel, scope, writer, after, ({ type }) => {
      if (type === "token.changed") askAgain();
    });
    const keepAlive = setInterval(() => {
      writer.comment("keep-alive");
      askAgain();
    }, KEEP_ALIVE_MS);
    writer.onClose(() => {
      clearInterval(keepAlive);
      open.delete(writer);
      end();
    });
  });
  return {
    closeAll: () => {
      for (const writer of open) writer.close();
    },
  };
}

function cursorOf(value: unknown): number | undefined {
  if (value === undefined || value === "") return undefined;
  if (typeof value === "string" && /^\d{1,15}$/.test(value)) return Number(value);
  throw new PomonaError("invalid", "cursor.invalid", "Last-Event-ID has to be an id of this stream.");
}
