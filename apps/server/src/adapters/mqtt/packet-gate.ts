/** What one connection may send, decided from fixed headers alone, before anything is kept or parsed. */
export interface PacketLimits {
  /** Bytes after the fixed header of the first packet, which has to be CONNECT. */
  readonly connect: number;
  /** The same for PUBLISH, and for PUBLISH to a topic that may be larger. */
  readonly publish: number;
  readonly largePublish: number;
  readonly isLargeTopic: (topic: string) => boolean;
  /** The same for everything else. */
  readonly other: number;
}

const CONNECT = 1;
const PUBLISH = 3;
const MAX_TOPIC = 256;

/**
 * Watches the packet boundaries of one MQTT connection (MQTT 3.1.1, section 2.2): the parser behind it would gather a
 * packet of 256 MB before anybody could refuse it.
 */
export class PacketGate {
  readonly #limits: PacketLimits;
  #isFirst = true;
  #state: "header" | "length" | "topic" | "skip" = "header";
  #type = 0;
  #length = 0;
  #shift = 0;
  /** Bytes of the packet's body that are still to come. */
  #left = 0;
  #topic: number[] = [];

  constructor(limits: PacketLimits) {
    this.#limits = limits;
  }

  /** @returns why the connection has to end; undefined while all is well */
  take(bytes: Uint8Array): string | undefined {
    let at = 0;
    while (at < bytes.length) {
      if (this.#state === "skip") {
        const skipped = Math.min(this.#left, bytes.length - at);
        at += skipped;
        this.#left -= skipped;
        if (this.#left === 0) this.#state = "header";
        continue;
      }
      const refusal = this.#step(bytes[at]!);
      at += 1;
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  #step(byte: number): string | undefined {
    if (this.#state === "header") {
      this.#type = byte >> 4;
      if (this.#isFirst !== (this.#type === CONNECT)) return "the first packet, and only that, has to be CONNECT";
      this.#isFirst = false;
      this.#length = 0;
      this.#shift = 0;
      this.#state = "length";
      return undefined;
    }
    if (this.#state === "length") return this.#readLength(byte);
    return this.#readTopic(byte);
  }

  #readLength(byte: number): string | undefined {
    this.#length += (byte & 0x7f) * 2 ** this.#shift;
    this.#shift += 7;
    if (byte >= 0x80) return this.#shift > 21 ? "the remaining length is malformed" : undefined;
    this.#left = this.#length;
    this.#state = this.#left === 0 ? "header" : "skip";
    const { connect, publish, largePublish, other } = this.#limits;
    if (this.#type === CONNECT) return this.#length > connect ? "CONNECT is too large" : undefined;
    if (this.#type !== PUBLISH) return this.#length > other ? "the packet is too large" : undefined;
    if (this.#length <= publish) return undefined;
    if (this.#length > largePublish) return "the message is too large";
    this.#state = "topic";
    this.#topic = [];
    return undefined;
  }

  /** A large message may pass only under its topic, which stands at its beginning. */
  #readTopic(byte: number): string | undefined {
    this.#topic.push(byte);
    this.#left -= 1;
    const [high = 0, low = 0] = this.#topic;
    const size = high * 256 + low;
    if (this.#topic.length < 2) return undefined;
    if (size > MAX_TOPIC) return "the message is too large";
    if (this.#topic.length < size + 2) return undefined;
    this.#state = this.#left === 0 ? "header" : "skip";
    const topic = String.fromCharCode(...this.#topic.slice(2));
    return this.#limits.isLargeTopic(topic) ? undefined : "the message is too large";
  }
}
