import type { Lane } from "@pomona/agent-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import type { LaneConnection } from "./mqtt-lane.ts";

/** Messages that are on their way at once; the broker answers each after its commit. */
const WINDOW = 32;
/** Acknowledged messages leave the spool in groups, because each group costs one flush to disk. */
const FORGET_AFTER_MS = 20;

/** Moves a lane's messages from the spool to its connection, in order, and forgets what was acknowledged. */
export interface LanePump {
  /** Sends what is new in the spool. */
  pump(): void;
  /** Messages on their way. */
  inFlight(): number;
  /** Forgets at once what was acknowledged; call it when the connection has ended or the agent stops. */
  settle(): void;
}

/** @param idle called whenever nothing is left to send */
export function createLanePump(
  store: AgentStore,
  lane: Lane,
  connection: LaneConnection,
  idle: () => void = () => {},
): LanePump {
  let sentUpTo = 0;
  let flying = 0;
  let dead = false;
  let acknowledged: number[] = [];
  let timer: NodeJS.Timeout | undefined;

  const settle = () => {
    clearTimeout(timer);
    timer = undefined;
    if (acknowledged.length === 0) return;
    try {
      store.together(() => store.spool.remove(acknowledged));
      acknowledged = [];
    } catch {
      // The disk does not take it: they are sent once more one day, and their ids make that harmless.
    }
  };
  const pump = () => {
    if (dead) return;
    const room = WINDOW - flying;
    if (room <= 0) return;
    const messages = store.spool.peek(room, lane, sentUpTo);
    for (const { id, message, body } of messages) {
      sentUpTo = id;
      flying += 1;
      connection.publish(message, body).then(
        () => {
          flying -= 1;
          acknowledged.push(id);
          timer ??= setTimeout(settle, FORGET_AFTER_MS);
          pump();
        },
        () => {
          flying -= 1;
          dead = true;
        },
      );
    }
    if (messages.length === 0 && flying === 0) idle();
  };
  return { pump, inFlight: () => flying, settle };
}
