import type { IncomingHttpHeaders } from "node:http";
import { BlockList, isIP } from "node:net";
import { certificateFromHeader, type TrustedProxy } from "./proxy-certificate.ts";

/** What a trusted proxy says of the peer behind it. */
export interface Forwarded {
  readonly address: string;
  readonly certificate: Uint8Array | undefined;
}

const MOST_CERTIFICATES = 50_000;
const MOST_ADDRESSES = 50_000;

/** IPv4 that reached an IPv6 socket, as IPv4. */
const plain = (address: string): string => (address.startsWith("::ffff:") ? address.slice(7) : address);

/** Tells proxies that we trust from all other peers. Only from them is anything taken that speaks of somebody else. */
export class TrustedProxies {
  readonly #proxy: TrustedProxy;
  readonly #peers: BlockList;
  readonly #certificates = new Map<string, Uint8Array>();
  readonly #known = new Map<string, boolean>();

  constructor(proxy: TrustedProxy) {
    this.#proxy = proxy;
    this.#peers = proxyPeers(proxy.addresses);
  }

  /** Asked at every request, and the answer for an address is always the same. */
  has(address: string): boolean {
    let isOurs = this.#known.get(address);
    if (isOurs === undefined) {
      const text = plain(address);
      const family = isIP(text);
      isOurs = family !== 0 && this.#peers.check(text, family === 6 ? "ipv6" : "ipv4");
      if (this.#known.size >= MOST_ADDRESSES) this.#known.clear();
      this.#known.set(address, isOurs);
    }
    return isOurs;
  }

  /**
   * What the header of a trusted proxy says; undefined for every other peer. The proxy's own client certificate is never taken
   * for a Mac's, so that a proxy which forgets the header opens no door.
   */
  read(address: string, headers: IncomingHttpHeaders): Forwarded | undefined {
    if (!this.has(address)) return undefined;
    const value = headers[this.#proxy.header];
    return {
      address: this.#client(address, headers["x-forwarded-for"]),
      certificate: typeof value === "string" ? this.#certificate(value) : undefined,
    };
  }

  /** Each Mac's header is the same every time, and costs as much to read as the rest of an idle poll's way through here. */
  #certificate(value: string): Uint8Array | undefined {
    const held = this.#certificates.get(value);
    if (held !== undefined) return held;
    const der = certificateFromHeader(value, this.#proxy.form);
    if (der === undefined) return undefined;
    if (this.#certificates.size >= MOST_CERTIFICATES) this.#certificates.clear();
    this.#certificates.set(value, der);
    return der;
  }

  /** The last one that is not a proxy of ours: what stands before it anybody may have written. */
  #client(peer: string, header: string | readonly string[] | undefined): string {
    const hops = (typeof header === "string" ? header : (header ?? []).join(","))
      .split(",")
      .slice(-16)
      .map((hop) => plain(hop.trim()))
      .filter((hop) => hop !== "");
    const client = hops.findLast((hop) => !this.has(hop));
    return client !== undefined && isIP(client) !== 0 ? client : plain(peer);
  }
}

/** @throws Error that names what is neither an address nor a CIDR */
export function proxyPeers(addresses: readonly string[]): BlockList {
  const peers = new BlockList();
  for (const text of addresses) {
    const [address = "", prefix, ...more] = text.split("/");
    const family = isIP(address);
    const bits = prefix === undefined ? (family === 6 ? 128 : 32) : Number(prefix);
    const isRight =
      family !== 0 && more.length === 0 && /^\d{1,3}$/.test(prefix ?? "0") && bits <= (family === 6 ? 128 : 32);
    if (!isRight) throw new Error(`"${text}" is neither an address nor a network such as 10.0.0.0/8.`);
    peers.addSubnet(address, bits, family === 6 ? "ipv6" : "ipv4");
  }
  return peers;
}
