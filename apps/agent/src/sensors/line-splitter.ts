/** Cuts a stream into lines with a bounded memory. */
export interface LineSplitter {
  /** Takes the next bytes and calls back for each whole line, without its newline. The buffer may be a view of `chunk`. */
  readonly push: (chunk: Buffer) => void;
  /** Forgets a partial line, for a stream that died in the middle of one. */
  readonly reset: () => void;
}

/** @param limit bytes of a line; of a longer one everything up to its newline is skipped and `overlong` called once */
export function splitLines(limit: number, line: (bytes: Buffer) => void, overlong: () => void): LineSplitter {
  let parts: Buffer[] = [];
  let held = 0;
  let skipping = false;
  const reset = () => {
    parts = [];
    held = 0;
    skipping = false;
  };
  const hold = (bytes: Buffer) => {
    if (skipping || bytes.length === 0) return;
    if (held + bytes.length > limit) {
      reset();
      skipping = true;
      overlong();
      return;
    }
    parts.push(bytes);
    held += bytes.length;
  };
  const push = (chunk: Buffer) => {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      const rest = chunk.subarray(from, end);
      from = end + 1;
      hold(rest);
      const whole = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
      const isWhole = !skipping && whole.length > 0;
      reset();
      if (isWhole) line(whole);
    }
    hold(chunk.subarray(from));
  };
  return { push, reset };
}
