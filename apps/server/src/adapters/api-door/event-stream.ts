import type { AnyFact } from "@pomona/facts";
import type { FastifyInstance } from "fastify";
import type { Authenticator } from "../../features/access/index.ts";
import { PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { may, type Scope } from "../../kernel/scope.ts";
import { credentialsOf } from "./credentials.ts";
import { EventWriter } from "./event-writer.ts";

const KEEP_ALIVE_MS = 15_000;
const BATCH = 500;

export interface EventStreams {
  /** Ends every stream, so that the server can close. */
  closeAll(): void;
}

/** `GET /api/v1/events`: the tenant's facts as they are committed, from `Last-Event-ID` on, and live messages between. */
export function addEventStream(server: FastifyInstance, kernel: Kernel, authenticator: Authenticator): EventStreams {
  const open = new Set<EventWriter>();
  server.get("/api/v1/events", async (request, reply) => {
    const scope = await authenticator.scopeOf(credentialsOf(request));
    if (!may(scope, "events.read")) {
      throw new PomonaError("forbidden", "permission.missing", `${scope.actor.name} lacks the permission events.read.`);
    }
    const after = cursorOf(request.headers["last-event-id"] ?? (request.query as Record<string, unknown>)["after"]);
    reply.hijack();
    reply.raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    const writer = new EventWriter(reply.raw);
    open.add(writer);
    const end = follow(kernel, scope, writer, after);
    const keepAlive = setInterval(() => writer.comment("keep-alive"), KEEP_ALIVE_MS);
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

/** Reads up to the present, then follows the commits; what is committed meanwhile waits, so nothing is missed or doubled. */
function follow(kernel: Kernel, scope: Scope, writer: EventWriter, after: number | undefined): () => void {
  let position = after;
  let isCaughtUp = false;
  const unsubscribe = kernel.facts.subscribe((facts) => {
    if (isCaughtUp) for (const fact of facts) send(fact);
  });
  const unsubscribeLive = kernel.live.subscribe((message) => {
    if (message.tenantId !== scope.tenantId || !isCaughtUp) return;
    writer.event(message.type, undefined, { type: message.type, deviceId: message.deviceId, data: message.data });
  });
  const send = (fact: AnyFact): void => {
    if (fact.tenantId !== scope.tenantId || fact.position <= (position ?? 0)) return;
    position = fact.position;
    writer.event(fact.type, fact.position, { ...fact, at: new Date(fact.at).toISOString() });
  };
  const catchUp = async (): Promise<void> => {
    const { oldest, newest } = await kernel.facts.range();
    writer.comment("connected");
    if (position === undefined) position = newest;
    else if (position < oldest - 1 || position > newest) {
      writer.event("reset", newest, { reason: "the cursor is older than what is kept; read the lists again" });
      position = newest;
    }
    for (;;) {
      const facts = await kernel.facts.readAfter(position, { tenantId: scope.tenantId, limit: BATCH });
      for (const fact of facts) send(fact);
      if (facts.length < BATCH || writer.isClosed) break;
      await writer.drained();
    }
    isCaughtUp = true;
    // Commits between the last read and the line above.
    for (const fact of await kernel.facts.readAfter(position, { tenantId: scope.tenantId, limit: BATCH })) send(fact);
  };
  catchUp().catch((error: unknown) => {
    kernel.log.error("events.failed", { error: String(error) });
    writer.close();
  });
  return () => {
    unsubscribe();
    unsubscribeLive();
  };
}

function cursorOf(value: unknown): number | undefined {
  if (value === undefined || value === "") return undefined;
  if (typeof value === "string" && /^\d{1,15}$/.test(value)) return Number(value);
  throw new PomonaError("invalid", "cursor.invalid", "Last-Event-ID has to be an id of this stream.");
}
