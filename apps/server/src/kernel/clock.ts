import { randomUUID } from "node:crypto";
import { asId, type Id } from "@pomona/facts";

/** Milliseconds since 1970; handed in, so that tests can move it. */
export interface Clock {
  now(): number;
}
export const systemClock: Clock = { now: () => Date.now() };

let lastMs = 0;
let counter = 0;
/**
 * A UUIDv7 (RFC 9562): 48 bits of time, then a counter of 12 bits that keeps those of one millisecond in order,
 * then 62 random bits.
 */
export function newId<Kind extends string>(now: number = Date.now()): Id<Kind> {
  if (now <= lastMs) {
    counter += 1;
    if (counter > 0xfff) {
      lastMs += 1;
      counter = 0;
    }
  } else {
    lastMs = now;
    counter = 0;
  }
  const time = lastMs.toString(16).padStart(12, "0");
  // The end of a random UUID is the variant and 62 random bits, and Node makes those in stock.
  const random = randomUUID().slice(18);
  return asId(`${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, "0")}${random}`);
}
/** From now on ids sort after this one, also when the clock was put back since it was made: the order of ids is that of events. */
export function sortAfter(id: string): void {
  if (!isId(id)) return;
  const ms = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  if (ms < lastMs) return;
  if (ms > lastMs) counter = 0;
  lastMs = ms;
  counter = Math.max(counter, Number.parseInt(id.slice(15, 18), 16));
}

/** Whether a text from outside has the form of one of our ids. */
export const isId = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text);
