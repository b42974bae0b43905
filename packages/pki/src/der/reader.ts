import { PkiError } from "../pki-error.ts";
import { type DerElement, nestingLimit } from "./element.ts";

/**
 * A cursor over the elements of one constructed value: it slices by offset, copies nothing and looks only at what is
 * read, which keeps a signature check cheap. Strict DER: minimal definite lengths, tag numbers below 31.
 * Throws PkiError `der.*`.
 */
export class DerReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly depth: number;
  readonly #maxDepth: number;
  position: number;

  constructor(bytes: Uint8Array, position = 0, end = bytes.length, depth = 0, maxDepth = nestingLimit) {
    if (depth > maxDepth) throw new PkiError("der.depth", `ASN.1 is nested deeper than ${maxDepth} levels`);
    this.bytes = bytes;
    this.position = position;
    this.end = end;
    this.depth = depth;
    this.#maxDepth = maxDepth;
  }

  get isDone(): boolean {
    return this.position >= this.end;
  }

  /** The next identifier octet, or -1 at the end. */
  peekTag(): number {
    return this.position < this.end ? (this.bytes[this.position] as number) : -1;
  }

  /** Reads the next element, of this tag if one is given. */
  read(tag?: number): DerElement {
    const { bytes, end } = this;
    const offset = this.position;
    if (offset + 2 > end) throw new PkiError("der.truncated", "ASN.1 ends within an element");
    const found = bytes[offset] as number;
    if (tag !== undefined && found !== tag) {
      throw new PkiError("der.tag", `expected ASN.1 tag ${tag.toString(16)}, found ${found.toString(16)}`);
    }
    if ((found & 0x1f) === 0x1f) throw new PkiError("der.tag", "ASN.1 tag numbers above 30 are not used here");
    let length = bytes[offset + 1] as number;
    let contentOffset = offset + 2;
    if (length >= 0x80) {
      const octets = length & 0x7f;
      if (octets === 0) throw new PkiError("der.indefinite", "indefinite length is BER, not DER");
      if (octets > 4 || contentOffset + octets > end) throw new PkiError("der.length", "ASN.1 length is out of bounds");
      length = 0;
      for (let i = 0; i < octets; i++) length = length * 256 + (bytes[contentOffset + i] as number);
      // The shortest form holds a leading octet that is not zero, and 128 or more (X.690 section 10.1).
      if (length < 0x80 || bytes[contentOffset] === 0) throw new PkiError("der.length", "ASN.1 length is not minimal");
      contentOffset += octets;
    }
    const next = contentOffset + length;
    if (next > end) throw new PkiError("der.length", "ASN.1 length exceeds what is there");
    this.position = next;
    return { bytes, tag: found, offset, contentOffset, end: next };
  }

  /** Reads the next element if it has this tag. */
  readIf(tag: number): DerElement | undefined {
    return this.peekTag() === tag ? this.read(tag) : undefined;
  }

  /** A reader over the content of the next element, which must be constructed and of this tag. */
  enter(tag: number): DerReader {
    const element = this.read(tag);
    return new DerReader(this.bytes, element.contentOffset, element.end, this.depth + 1, this.#maxDepth);
  }

  enterIf(tag: number): DerReader | undefined {
    return this.peekTag() === tag ? this.enter(tag) : undefined;
  }

  /** Demands that nothing is left. */
  finish(): void {
    if (this.position !== this.end) throw new PkiError("der.trailing", "unexpected bytes after an ASN.1 value");
  }
}
