import type { IncomingMessage } from "node:http";

export class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";
}
export class BodyAborted extends Error {
  override readonly name = "BodyAborted";
}

/**
 * The whole body, at most `limit` bytes.
 * @param onBytes told of each part that is kept until the rest has come
 * @throws BodyTooLarge as soon as that is known, BodyAborted when the peer leaves
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  onBytes: (bytes: number) => void,
): Promise<Uint8Array> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > limit) return Promise.reject(new BodyTooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        chunks.length = 0;
        request.removeAllListeners("data");
        request.pause();
        reject(new BodyTooLarge());
        return;
      }
      chunks.push(chunk);
      onBytes(chunk.length);
    });
    request.on("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)));
    request.on("error", () => reject(new BodyAborted()));
    request.on("aborted", () => reject(new BodyAborted()));
  });
}
