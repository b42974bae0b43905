import { createBackoff } from "../backoff.ts";
import type { AgentStore } from "../store/agent-store.ts";
import type { Timings } from "../timings.ts";
import type { SessionMemory } from "./connect-tls.ts";
import { createLanePump, type LanePump } from "./lane-pump.ts";
import { connectLane, type LaneConnection, type LaneDoor } from "./mqtt-lane.ts";
import { createPassingMessages } from "./passing-messages.ts";

export interface TelemetryLaneOptions {
  readonly door: LaneDoor;
  readonly store: AgentStore;
  readonly timings: Timings;
  readonly random: () => number;
}

/** The lane for what is much and may wait: opened when there is something to send, closed after a quiet while. */
export interface TelemetryLane {
  /** Only while the wire is up can it open; what waits in the spool goes when it does. */
  setWire(up: boolean): void;
  /** Sends what is new in the spool. */
  pump(): void;
  /** Sends what is not worth a place on disk; falls away when there is no room or no wire. */
  pass(message: string, body: string): void;
  stop(): Promise<void>;
}

export function openTelemetryLane({ door, store, timings, random }: TelemetryLaneOptions): TelemetryLane {
  const backoff = createBackoff(timings.backoffMin, timings.backoffMax, random);
  const memory: SessionMemory = { session: undefined };
  const passing = createPassingMessages();
  let connection: LaneConnection | undefined;
  let pump: LanePump | undefined;
  let quiet: NodeJS.Timeout | undefined;
  let retry: NodeJS.Timeout | undefined;
  let wireUp = false;

  const hasWork = () => passing.count() > 0 || store.spool.peek(1, "telemetry").length > 0;
  const closeWhenQuiet = () => {
    clearTimeout(quiet);
    quiet = setTimeout(() => void connection?.close(), timings.telemetryQuiet).unref();
  };
  const send = () => {
    if (pump === undefined || connection === undefined) return open();
    closeWhenQuiet();
    passing.flush(connection);
    pump.pump();
  };
  const open = () => {
    if (!wireUp || connection !== undefined || retry !== undefined || !hasWork()) return;
    const current = connectLane(door, "telemetry", [], memory, {
      onUp() {
        backoff.reset();
        pump = createLanePump(store, "telemetry", current);
        send();
      },
      onMessage() {},
      onDown() {
        clearTimeout(quiet);
        pump?.settle();
        pump = undefined;
        connection = undefined;
        if (!wireUp || !hasWork()) return;
        retry = setTimeout(() => {
          retry = undefined;
          open();
        }, backoff.next()).unref();
      },
    });
    connection = current;
  };
  return {
    setWire(up) {
      wireUp = up;
      if (up) open();
    },
    pump: send,
    pass(message, body) {
      if (!wireUp) return;
      passing.add(message, body);
      send();
    },
    async stop() {
      wireUp = false;
      clearTimeout(retry);
      clearTimeout(quiet);
      await connection?.close();
    },
  };
}
