import { write, writeSync } from "node:fs";

const MOST_WAITING = 4 * 1_048_576;
const AGAIN_MS = 100;

/**
 * Writes lines to a file descriptor, in order and behind its callers' backs. What cannot be written is lost: a disk that is full,
 * or a reader that has stopped, neither ends the server nor fills its memory.
 */
export function lossyLines(fd: number): { write(line: string): void } {
  let waiting: Buffer[] = [];
  let bytes = 0;
  let isWriting = false;
  const take = (): Buffer => {
    const all = Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
    return all;
  };
  const next = (): void => {
    if (!isWriting && waiting.length > 0) send(take());
  };
  const send = (part: Buffer): void => {
    isWriting = true;
    write(fd, part, (error, written) => {
      if (error?.code === "EAGAIN") {
        setTimeout(send, AGAIN_MS, part).unref();
        return;
      }
      if (error === null && written > 0 && written < part.length) return send(part.subarray(written));
      isWriting = false;
      next();
    });
  };
  process.once("exit", () => {
    try {
      writeSync(fd, take());
    } catch {
      // Nobody is left to tell.
    }
  });
  return {
    write: (line) => {
      if (bytes > MOST_WAITING) return;
      const encoded = Buffer.from(line);
      waiting.push(encoded);
      bytes += encoded.length;
      next();
    },
  };
}
