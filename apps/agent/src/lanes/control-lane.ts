import { down } from "@pomona/agent-protocol";
import { createBackoff } from "../backoff.ts";
import type { Log } from "../log.ts";
import type { AgentStore } from "../store/agent-store.ts";
import type { Timings } from "../timings.ts";
import type { SessionMemory } from "./connect-tls.ts";
import { createLanePump, type LanePump } from "./lane-pump.ts";
import { connectLane, type LaneConnection, type LaneDoor } from "./mqtt-lane.ts";

export interface ControlLaneOptions {
  readonly door: LaneDoor;
  readonly store: AgentStore;
  readonly timings: Timings;
  readonly random: () => number;
  readonly log: Log;
  /** The first word, made anew for every connection. */
  hello(): string;
  onMessage(message: string, body: Buffer): void;
  onUp(): void;
  /** After the wire went down, and after every attempt that failed. */
  onDown(reason: string): void;
}

/** The lane that is always open: orders, presence, desired state. It comes back by itself, ever more slowly. */
export interface ControlLane {
  isUp(): boolean;
  /** Sends what is new in the spool. */
  pump(): void;
  /** Connects now if it is down; if it seems up, sends a hello and drops a wire that does not acknowledge it. */
  wake(): void;
  stop(): Promise<void>;
}

export function openControlLane(options: ControlLaneOptions): ControlLane {
  const { door, store, timings, log } = options;
  const backoff = createBackoff(timings.backoffMin, timings.backoffMax, options.random);
  const memory: SessionMemory = { session: undefined };
  let connection: LaneConnection | undefined;
  let pump: LanePump | undefined;
  let retry: NodeJS.Timeout | undefined;
  let healthy: NodeJS.Timeout | undefined;
  let probe: NodeJS.Timeout | undefined;
  let stopped = false;

  const sayHello = (current: LaneConnection) =>
    current.publish("hello", options.hello()).catch(() => log.warn("wire.hello-unacknowledged"));
  const connect = () => {
    clearTimeout(retry);
    retry = undefined;
    if (stopped || connection !== undefined) return;
    const current = connectLane(door, "control", Object.keys(down.control), memory, {
      onUp() {
        // What a certificate may do is decided after the TLS handshake, so only a life of some length is health.
        healthy = setTimeout(() => backoff.reset(), timings.healthyAfter).unref();
        pump = createLanePump(store, "control", current);
        void sayHello(current);
        log.info("wire.up");
        options.onUp();
        pump.pump();
      },
      onMessage: options.onMessage,
      onDown(reason) {
        clearTimeout(healthy);
        clearTimeout(probe);
        pump?.settle();
        pump = undefined;
        connection = undefined;
        if (stopped) return;
        log.info("wire.down", { reason });
        retry = setTimeout(connect, backoff.next()).unref();
        options.onDown(reason);
      },
    });
    connection = current;
  };
  connect();
  return {
    isUp: () => pump !== undefined,
    pump: () => pump?.pump(),
    wake() {
      if (connection === undefined) return connect();
      const current = connection;
      if (pump === undefined) return;
      clearTimeout(probe);
      probe = setTimeout(() => current.drop("no answer after a nudge"), timings.probe);
      void sayHello(current).then(() => clearTimeout(probe));
    },
    async stop() {
      stopped = true;
      clearTimeout(retry);
      await connection?.close();
    },
  };
}
