/** Repeatable randomness: the same seed gives the same sequence on every machine. Never used for keys or tokens. */
export interface Random {
  /** 0 <= x < 1. */
  next(): number;
  /** A whole number, both ends included. */
  integer(min: number, max: number): number;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** True in `share` (0..1) of all calls. */
  chance(share: number): boolean;
  /** `length` characters out of `alphabet`. */
  text(alphabet: string, length: number): string;
  /** A version 4 UUID in lower case. */
  uuid(): string;
}

/** Mulberry32 over an FNV-1a hash of the seed. */
export function seededRandom(seed: string | number): Random {
  let state = 0x811c9dc5;
  for (const unit of String(seed)) state = Math.imul(state ^ unit.charCodeAt(0), 0x01000193);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  const text = (alphabet: string, length: number): string =>
    Array.from({ length }, () => alphabet.charAt(integer(0, alphabet.length - 1))).join("");
  return {
    next,
    integer,
    pick: (choices) => choices[integer(0, choices.length - 1)] ?? choices[0],
    chance: (share) => next() < share,
    text,
    uuid: () => {
      const hex = (length: number): string => text("0123456789abcdef", length);
      return `${hex(8)}-${hex(4)}-4${hex(3)}-${text("89ab", 1)}${hex(3)}-${hex(12)}`;
    },
  };
}
