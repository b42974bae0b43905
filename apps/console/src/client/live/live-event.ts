import type { FactType } from "@pomona/facts";

/** What is shown while it happens and not kept: it has no position, and nobody replays it. */
export type TransientType = "order.output" | "command.sent" | "device.seen" | "terminal.data";

/** A message of `GET /api/v1/events`, as the stream's `data` holds it. Facts have an id and a position; transient ones null. */
export interface LiveEvent {
  readonly type: FactType | TransientType;
  readonly id: string | null;
  readonly deviceId: string | null;
  /** RFC 3339. */
  readonly at: string;
  readonly position: number | null;
  readonly data: Readonly<Record<string, unknown>>;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads one message of the stream; null when it is not one. `now` (RFC 3339) stands in where a message has no time. */
export const readLiveEvent = (type: LiveEvent["type"], text: string, now: string): LiveEvent | null => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  return {
    type,
    id: typeof value["id"] === "string" ? value["id"] : null,
    deviceId: typeof value["deviceId"] === "string" ? value["deviceId"] : null,
    at: typeof value["at"] === "string" ? value["at"] : now,
    position: typeof value["position"] === "number" ? value["position"] : null,
    data: isRecord(value["data"]) ? value["data"] : value,
  };
};
