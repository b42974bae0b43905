import { PkiError } from "../pki-error.ts";
import type { DerElement } from "./element.ts";
import { TAG } from "./tags.ts";
import { derElement } from "./write.ts";

/** UTCTime or GeneralizedTime in the form of RFC 5280 section 4.1.2.5 (seconds, Z), as milliseconds since 1970. */
export function decodeTime(element: DerElement): number {
  const { bytes, tag, contentOffset, end } = element;
  const isUtc = tag === TAG.utcTime;
  if (!isUtc && tag !== TAG.generalizedTime) throw new PkiError("der.tag", "expected a time");
  if (end - contentOffset !== (isUtc ? 13 : 15) || bytes[end - 1] !== 0x5a)
    throw new PkiError("der.time", "malformed time");
  let at = contentOffset;
  const pair = (): number => {
    const tens = (bytes[at++] as number) - 0x30;
    const ones = (bytes[at++] as number) - 0x30;
    if (tens < 0 || tens > 9 || ones < 0 || ones > 9) throw new PkiError("der.time", "malformed time");
    return tens * 10 + ones;
  };
  const first = pair();
  const year = isUtc ? first + (first < 50 ? 2000 : 1900) : first * 100 + pair();
  const [month, day, hour, minute, second] = [pair(), pair(), pair(), pair(), pair()] as const;
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC carries over what does not exist (30 February, hour 24) and takes years below 100 for 19xx.
  const carries = month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59 || year < 100;
  if (carries || new Date(time).getUTCDate() !== day) throw new PkiError("der.time", "no such date");
  return time;
}

/** UTCTime from 1950 to 2049, GeneralizedTime otherwise, as RFC 5280 demands. Milliseconds are cut. */
export function derTime(milliseconds: number): Uint8Array {
  const date = new Date(Math.floor(milliseconds / 1000) * 1000);
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) throw new PkiError("der.time", "the time is out of range");
  const text = formatGeneralized(date);
  const isUtc = year >= 1950 && year < 2050;
  return derElement(isUtc ? TAG.utcTime : TAG.generalizedTime, new TextEncoder().encode(isUtc ? text.slice(2) : text));
}

/** GeneralizedTime whatever the year, as OCSP has it (RFC 6960 section 4.2.2.1). Milliseconds are cut. */
export function derGeneralizedTime(milliseconds: number): Uint8Array {
  const text = formatGeneralized(new Date(Math.floor(milliseconds / 1000) * 1000));
  if (text === "") throw new PkiError("der.time", "the time is out of range");
  return derElement(TAG.generalizedTime, new TextEncoder().encode(text));
}

function formatGeneralized(date: Date): string {
  return Number.isNaN(date.getTime()) ? "" : `${date.toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;
}
