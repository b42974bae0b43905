import { down, type LiveRequest } from "@pomona/agent-protocol";
import { fits } from "../protocol-check.ts";
import type { Timings } from "../timings.ts";
import type { SessionMemory } from "./connect-tls.ts";
import { connectLane, type LaneConnection, type LaneDoor } from "./mqtt-lane.ts";

/** Sessions at once; further requests are left unanswered. */
const MAX_SESSIONS = 8;

/** The lane for what a person watches, open only while a session is. Its one kind of session echoes what it is sent. */
export interface LiveLane {
  request(request: LiveRequest): void;
  stop(): Promise<void>;
}

export function openLiveLane(door: LaneDoor, timings: Timings): LiveLane {
  const memory: SessionMemory = { session: undefined };
  const sessions = new Map<string, NodeJS.Timeout>();
  let connection: LaneConnection | undefined;
  let up = false;
  let closing = false;

  const say = (message: string, body: unknown) =>
    void connection?.publish(message, JSON.stringify(body)).catch(() => {});
  const end = (sessionId: string) => {
    clearTimeout(sessions.get(sessionId));
    sessions.delete(sessionId);
    if (sessions.size > 0 || connection === undefined) return;
    closing = true;
    void connection.close();
  };
  const touch = (sessionId: string) => {
    clearTimeout(sessions.get(sessionId));
    sessions.set(
      sessionId,
      setTimeout(() => end(sessionId), timings.liveIdle),
    );
  };
  const receive = (message: string, body: Buffer) => {
    const value = parse(body);
    if (message === "data" && fits(down.live.data, value) && sessions.has(value.sessionId)) {
      touch(value.sessionId);
      say("data", value);
    }
    if (message === "close" && fits(down.live.close, value)) end(value.sessionId);
  };
  const open = () => {
    if (connection !== undefined) return;
    connection = connectLane(door, "live", Object.keys(down.live), memory, {
      onUp() {
        up = true;
        for (const sessionId of sessions.keys()) say("ready", { sessionId });
      },
      onMessage: receive,
      onDown() {
        up = false;
        connection = undefined;
        // A session that was asked for while the lane was closing gets a new one; others ended with theirs.
        if (closing && sessions.size > 0) {
          closing = false;
          return open();
        }
        closing = false;
        for (const timer of sessions.values()) clearTimeout(timer);
        sessions.clear();
      },
    });
  };
  return {
    request({ sessionId }) {
      if (!sessions.has(sessionId) && sessions.size >= MAX_SESSIONS) return;
      touch(sessionId);
      if (up && !closing) say("ready", { sessionId });
      else open();
    },
    async stop() {
      for (const sessionId of sessions.keys()) end(sessionId);
      await connection?.close();
    },
  };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}
