import { pbkdf2, randomBytes, randomInt } from "node:crypto";
import { promisify } from "node:util";
import { buildXmlPlist } from "@pomona/plist";

/** Neither 0 and O, nor 1, I and l, nor 5 and S, nor 2 and Z, nor 8 and B: it is read aloud over a telephone. */
const LETTERS = "abcdefghjkmnpqrtuvwxy";
const CAPITALS = "ACDEFGHJKLMNPQRTUVWXY";
const DIGITS = "34679";
const ALL = LETTERS + CAPITALS + DIGITS;

const pick = (alphabet: string): string => alphabet.charAt(randomInt(alphabet.length));

/**
 * A password for people to read and type: groups of four, joined by dashes, about 5.5 bits a character. Each has a small letter,
 * a capital and a digit, as password policies want, and only ASCII, as firmware wants.
 * @param groups 5 groups are 110 bits
 */
export function makePassword(groups = 5): string {
  for (;;) {
    const text = Array.from({ length: groups * 4 }, () => pick(ALL)).join("");
    const hasEach = [LETTERS, CAPITALS, DIGITS].every((alphabet) =>
      text.split("").some((each) => alphabet.includes(each)),
    );
    if (hasEach) return text.replace(/(.{4})(?=.)/g, "$1-");
  }
}

/** Six digits, as DeviceLock wants. */
export const makePin = (): string => String(randomInt(1_000_000)).padStart(6, "0");

/**
 * What SetAutoAdminPassword and AccountConfiguration take in place of a password (Apple: ShadowHashData). On a thread of the pool:
 * it is slow by design.
 * @returns a property list in base64
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(32);
  const iterations = randomInt(20_000, 40_001);
  const entropy = await promisify(pbkdf2)(password, salt, iterations, 128, "sha512");
  const plist = buildXmlPlist({ "SALTED-SHA512-PBKDF2": { entropy, salt, iterations } });
  return Buffer.from(plist).toString("base64");
}

/** Apple's alphabet for bypass codes: neither B nor I, O or S. */
const CODE = "0123456789ACDEFGHJKLMNPQRTUVWXYZ";

/** An activation lock bypass code as people read it: 16 bytes, five bits a character, dashes where Apple has them. */
export function bypassCodeOf(raw: Uint8Array): string {
  if (raw.length !== 16) throw new RangeError("a bypass code has 16 bytes");
  let bits = "";
  for (const byte of raw) bits += byte.toString(2).padStart(8, "0");
  let text = "";
  for (let at = 0; at < bits.length; at += 5)
    text += CODE.charAt(Number.parseInt(bits.slice(at, at + 5).padEnd(5, "0"), 2));
  return [
    text.slice(0, 5),
    text.slice(5, 10),
    text.slice(10, 14),
    text.slice(14, 18),
    text.slice(18, 22),
    text.slice(22),
  ].join("-");
}

/** What Apple's enrollment service takes as `escrow_key`: hex of PBKDF2-SHA256 over the raw code. */
export async function escrowKeyOf(raw: Uint8Array): Promise<string> {
  return (await promisify(pbkdf2)(raw, Buffer.alloc(4), 50_000, 32, "sha256")).toString("hex");
}

/** A fresh code of ours. */
export function makeBypassCode(): { readonly raw: Uint8Array; readonly code: string } {
  const raw = randomBytes(16);
  return { raw, code: bypassCodeOf(raw) };
}

/** For orders with a secret in them: their hash is kept in the open. */
export const makeNonce = (): string => randomBytes(18).toString("base64url");
