import type { Lane, up } from "@pomona/agent-protocol";
import type { Static } from "typebox";
import type { Log } from "./log.ts";
import { fits, messageSchema } from "./protocol-check.ts";
import type { SpoolClass } from "./spool/spool.ts";
import type { AgentStore } from "./store/agent-store.ts";

type ControlMessage = Exclude<keyof typeof up.control, "hello">;
type TelemetryMessage = Exclude<keyof typeof up.telemetry, "order-output">;

/** What the broker takes at most in one message; only the end of an order, with its output, may be larger. */
export const MAX_MESSAGE_BYTES = 250_000;

/** The one way up for what must not be lost: into the spool first, then on its way. */
export interface Outbox {
  /** Durable when it returns, or when the enclosing `store.together` does. */
  control<M extends ControlMessage>(message: M, body: Static<(typeof up.control)[M]>, kind?: SpoolClass): void;
  telemetry<M extends TelemetryMessage>(message: M, body: Static<(typeof up.telemetry)[M]>): void;
}

/** @param pump called once per turn of the event loop and lane, after the writes of that turn are on disk */
export function createOutbox(store: AgentStore, pump: (lane: Lane) => void, log: Log): Outbox {
  const due = new Set<Lane>();
  const put = (lane: Lane, message: string, body: unknown, kind: SpoolClass) => {
    const schema = messageSchema("up", lane, message);
    // A message that the server must refuse would come back to it for ever.
    if (schema === undefined || !fits(schema, body)) return log.warn("outbox.message-unfit", { message });
    const text = JSON.stringify(body);
    const isTooLarge = message !== "order-status" && Buffer.byteLength(text) > MAX_MESSAGE_BYTES;
    if (isTooLarge) return log.warn("outbox.message-too-large", { message, bytes: text.length });
    store.spool.add({ lane, message, body: text, class: kind });
    if (due.size === 0) {
      queueMicrotask(() => {
        const lanes = [...due];
        due.clear();
        for (const each of lanes) pump(each);
      });
    }
    due.add(lane);
  };
  return {
    control: (message, body, kind = "kept") => put("control", message, body, kind),
    telemetry: (message, body) => put("telemetry", message, body, "telemetry"),
  };
}
