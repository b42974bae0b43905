import { createHash, createHmac } from "node:crypto";

const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/**
 * What a drill prints when it passed: made of the canary, which nobody has who did not open the bundle. 24 letters without those
 * that people confuse, 120 bits.
 */
export function drillCode(bundleId: string, canary: Uint8Array): string {
  const digest = createHmac("sha256", canary).update(`pomona recovery drill ${bundleId}`).digest();
  const letters = Array.from({ length: 24 }, (_, i) => LETTERS[digest[i]! % 32]);
  return [0, 6, 12, 18].map((from) => letters.slice(from, from + 6).join("")).join("-");
}

/** SHA-256 (hex) of a code, however it was typed. */
export const hashCode = (code: string): string =>
  createHash("sha256")
    .update(code.toUpperCase().replaceAll(/[^A-Z0-9]/g, ""))
    .digest("hex");
