const MIN = -(2n ** 63n);
const MAX = 2n ** 64n - 1n;
/** 2^64-1 has twenty decimal digits; longer ones are refused before anyone multiplies them out. */
const MAX_DIGITS = 20;

/** Whether a property list can hold the integer: -2^63 .. 2^64-1 (signed or unsigned 64 bits). */
export function isPlistInteger(value: bigint): boolean {
  return value >= MIN && value <= MAX;
}

/** The one form in which an integer is handed out: number when safe, else bigint. */
export function normaliseInteger(value: bigint): number | bigint {
  const short = Number(value);
  return Number.isSafeInteger(short) ? short : value;
}

/**
 * Reads the text of an `<integer>`: a sign, then decimal digits or 0x and hex digits. Undefined for anything else and for
 * what is out of range.
 */
export function parseInteger(text: string): number | bigint | undefined {
  let at = 0;
  const sign = text.charCodeAt(0);
  const isNegative = sign === 0x2d;
  if (isNegative || sign === 0x2b) at = 1;
  const isHex = text.charCodeAt(at) === 0x30 && (text.charCodeAt(at + 1) | 0x20) === 0x78;
  if (isHex) at += 2;
  if (at === text.length) return undefined;
  while (at < text.length - 1 && text.charCodeAt(at) === 0x30) at++;
  const digits = text.length - at;
  if (digits > MAX_DIGITS) return undefined;
  const base = isHex ? 16 : 10;
  let value = 0;
  for (let i = at; i < text.length; i++) {
    const digit = digitOf(text.charCodeAt(i));
    if (digit >= base) return undefined;
    value = value * base + digit;
  }
  if (value === 0) return 0;
  if (value <= Number.MAX_SAFE_INTEGER) return isNegative ? -value : value;
  const magnitude = BigInt((isHex ? "0x" : "") + text.slice(at));
  const exact = isNegative ? -magnitude : magnitude;
  return isPlistInteger(exact) ? exact : undefined;
}

function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : 99;
}
