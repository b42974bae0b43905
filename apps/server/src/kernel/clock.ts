import { randomBytes } from "node:crypto";
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
  const bytes = randomBytes(16);
  bytes.writeUIntBE(lastMs, 0, 6);
  bytes[6] = 0x70 | (counter >> 8);
  bytes[7] = counter & 0xff;
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString("hex");
  return asId(`${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`);
}
/** Whether a text from outside has the form of one of our ids. */
export const isId = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text);
