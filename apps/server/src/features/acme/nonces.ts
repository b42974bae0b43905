import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const SEQUENCE_BYTES = 6;
const MAC_BYTES = 16;

/**
 * Anti-replay nonces (RFC 8555 section 6.5) in a bounded memory: each is a number under a MAC of this process, and one bit says
 * whether it was used. Of the newest `window` each is good once; older ones, and those of an earlier process, are refused, and the
 * client goes on with the fresh one that comes with the refusal. A flood can make nonces old, but never two uses of one.
 */
export class Nonces {
  readonly #key = randomBytes(32);
  readonly #window: number;
  readonly #used: Uint8Array;
  #next = 0;

  /** @param window a multiple of 8 */
  constructor(window = 1 << 18) {
    this.#window = window;
    this.#used = new Uint8Array(window / 8);
  }

  issue(): string {
    const sequence = this.#next++;
    const { at, bit } = this.#place(sequence);
    this.#used[at]! &= ~bit;
    return this.#text(sequence).toString("base64url");
  }

  /** Whether it could be spent now. */
  isFresh(nonce: string): boolean {
    const sequence = this.#read(nonce);
    if (sequence === undefined) return false;
    const { at, bit } = this.#place(sequence);
    return (this.#used[at]! & bit) === 0;
  }

  /** @returns false when it is no nonce of ours, too old, or was spent */
  spend(nonce: string): boolean {
    if (!this.isFresh(nonce)) return false;
    const { at, bit } = this.#place(this.#read(nonce)!);
    this.#used[at]! |= bit;
    return true;
  }

  #read(nonce: string): number | undefined {
    const bytes = Buffer.from(nonce, "base64url");
    if (bytes.length !== SEQUENCE_BYTES + MAC_BYTES || bytes.toString("base64url") !== nonce) return undefined;
    const sequence = bytes.readUIntBE(0, SEQUENCE_BYTES);
    if (!timingSafeEqual(bytes, this.#text(sequence))) return undefined;
    return sequence < this.#next && sequence >= this.#next - this.#window ? sequence : undefined;
  }

  #text(sequence: number): Buffer {
    const bytes = Buffer.alloc(SEQUENCE_BYTES);
    bytes.writeUIntBE(sequence, 0, SEQUENCE_BYTES);
    const mac = createHmac("sha256", this.#key).update(bytes).digest().subarray(0, MAC_BYTES);
    return Buffer.concat([bytes, mac]);
  }

  #place(sequence: number): { readonly at: number; readonly bit: number } {
    const slot = sequence % this.#window;
    return { at: slot >> 3, bit: 1 << (slot & 7) };
  }
}
