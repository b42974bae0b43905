/**
 * Compares versions of macOS number by number; what is missing counts as 0, and what follows the numbers ("15.1 (a)") does
 * not count. Allocates nothing: it runs at every delivery of a command.
 * @returns below 0, 0 or above 0
 */
export function compareVersions(a: string, b: string): number {
  let i = 0;
  let j = 0;
  for (;;) {
    let left = 0;
    let right = 0;
    for (; isDigit(a.charCodeAt(i)); i += 1) left = left * 10 + a.charCodeAt(i) - ZERO;
    for (; isDigit(b.charCodeAt(j)); j += 1) right = right * 10 + b.charCodeAt(j) - ZERO;
    if (left !== right) return left - right;
    const isMoreOfA = a.charCodeAt(i) === DOT;
    const isMoreOfB = b.charCodeAt(j) === DOT;
    if (!isMoreOfA && !isMoreOfB) return 0;
    // Where one has ended, it stays there and goes on as zeros.
    if (isMoreOfA) i += 1;
    if (isMoreOfB) j += 1;
  }
}

const ZERO = 48;
const DOT = 46;
const isDigit = (code: number): boolean => code >= ZERO && code <= ZERO + 9;
