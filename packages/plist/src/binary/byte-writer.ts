/** A growing big-endian buffer. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  length = 0;

  /** May put another buffer in place: call it before `#bytes` or `#view` is looked at. */
  #reserve(count: number): number {
    const at = this.length;
    if (at + count > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, at + count));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.length += count;
    return at;
  }

  /** An unsigned integer of at most 2^53-1 in so many bytes. */
  unsigned(value: number, size: number): void {
    const at = this.#reserve(size);
    let rest = value;
    for (let i = size - 1; i >= 0; i--) {
      this.#bytes[at + i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }

  /** The low 64 bits of an integer, two's complement. */
  int64(value: bigint): void {
    const at = this.#reserve(8);
    this.#view.setBigInt64(at, BigInt.asIntN(64, value));
  }

  float64(value: number): void {
    const at = this.#reserve(8);
    this.#view.setFloat64(at, value);
  }

  bytes(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Text whose units are all below 0x80. */
  ascii(text: string): void {
    const at = this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[at + i] = text.charCodeAt(i);
  }

  utf16(text: string): void {
    const at = this.#reserve(text.length * 2);
    for (let i = 0; i < text.length; i++) this.#view.setUint16(at + i * 2, text.charCodeAt(i));
  }

  /** What was written, in a buffer of its own. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }
}

/** The bytes that offsets or references up to this value take: 1, 2, 4 or 8. */
export function sizeFor(value: number): 1 | 2 | 4 | 8 {
  if (value < 0x100) return 1;
  if (value < 0x1_0000) return 2;
  return value < 0x1_0000_0000 ? 4 : 8;
}
