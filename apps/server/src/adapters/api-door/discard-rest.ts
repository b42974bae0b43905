import type { IncomingMessage } from "node:http";

const MOST_BYTES = 64 * 1_048_576;
const LONGEST_MS = 5_000;

/**
 * Reads on and throws away what a caller still sends of a body that was refused, within bounds. If the connection ended with
 * bytes unread, the system would reset it, and the caller would often not get to see why it was refused.
 */
export function discardRest(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed) return;
  let bytes = 0;
  const end = () => request.destroy();
  const timer = setTimeout(end, LONGEST_MS);
  request.on("data", (part: Uint8Array) => {
    bytes += part.length;
    if (bytes > MOST_BYTES) end();
  });
  request.once("close", () => clearTimeout(timer));
  request.once("end", () => clearTimeout(timer));
  request.on("error", () => {});
  request.resume();
}
