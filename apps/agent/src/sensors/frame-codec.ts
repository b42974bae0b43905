import { MAX_FRAME_BYTES } from "./frame-protocol.ts";

/** One frame as bytes. Throws a RangeError where the body is over the limit. */
export function encodeFrame(frame: object): Buffer {
  const body = Buffer.from(JSON.stringify(frame), "utf8");
  if (body.length > MAX_FRAME_BYTES) throw new RangeError(`a sensor frame of ${body.length} bytes is over the limit`);
  const bytes = Buffer.allocUnsafe(4 + body.length);
  bytes.writeUInt32BE(body.length, 0);
  body.copy(bytes, 4);
  return bytes;
}

/** Reads frames from a stream's chunks and yields each body as a value. */
export class FrameReader {
  #parts: Buffer[] = [];
  #held = 0;

  /** The frames that this chunk completed. Throws where a frame is over the limit or no object with a `type`: end the connection then. */
  push(chunk: Buffer): { readonly type: string }[] {
    this.#parts.push(chunk);
    this.#held += chunk.length;
    const frames: { readonly type: string }[] = [];
    for (let size = this.#size(); size !== undefined && this.#held >= 4 + size; size = this.#size()) {
      const bytes = this.#whole();
      frames.push(readFrame(bytes.subarray(4, 4 + size)));
      this.#parts = [bytes.subarray(4 + size)];
      this.#held -= 4 + size;
    }
    return frames;
  }

  #size(): number | undefined {
    if (this.#held < 4) return undefined;
    if ((this.#parts[0] as Buffer).length < 4) this.#whole();
    const size = (this.#parts[0] as Buffer).readUInt32BE(0);
    if (size > MAX_FRAME_BYTES) throw new RangeError(`a sensor frame of ${size} bytes is over the limit`);
    return size;
  }

  #whole(): Buffer {
    if (this.#parts.length > 1) this.#parts = [Buffer.concat(this.#parts)];
    return this.#parts[0] as Buffer;
  }
}

function readFrame(body: Buffer): { readonly type: string } {
  const frame: unknown = JSON.parse(body.toString("utf8"));
  if (typeof frame === "object" && frame !== null && "type" in frame && typeof frame.type === "string")
    return frame as { readonly type: string };
  throw new TypeError("a sensor frame has a type");
}
