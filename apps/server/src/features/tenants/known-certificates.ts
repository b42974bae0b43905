import { hash as digest } from "node:crypto";
import type { Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { findCertificate, type KnownCertificate } from "./authority.sql.ts";

/** What became of a certificate that someone showed. */
export type Identification =
  | { readonly status: "valid" | "expired" | "not-yet-valid" | "revoked"; readonly certificate: KnownCertificate }
  | { readonly status: "unknown" };

const UNKNOWN: Identification = { status: "unknown" };
const MOST_KNOWN = 200_000;
const MOST_UNKNOWN = 10_000;

/** SHA-256 over the DER in lower hex: the name under which a certificate is known. */
export const certificateHash = (der: Uint8Array): string => digest("sha256", der, "hex");

/**
 * Who a certificate belongs to. We look for exactly the bytes that we issued, so chain, role and names need no second
 * look; its life is checked every time. Answers come from memory after the first time, until a revocation forgets them.
 */
export class KnownCertificates {
  readonly #kernel: Kernel;
  readonly #known = new Map<string, KnownCertificate>();
  readonly #unknown = new Set<string>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** The answer when it is in memory; the hot path has no promise. */
  recall(hash: string, now: number): Identification | undefined {
    const known = this.#known.get(hash);
    if (known !== undefined) return judge(known, now);
    return this.#unknown.has(hash) ? UNKNOWN : undefined;
  }

  async find(hash: string, now: number): Promise<Identification> {
    const recalled = this.recall(hash, now);
    if (recalled !== undefined) return recalled;
    const found = await this.#kernel.store.read(systemScope(PLATFORM, "authority"), (tx) => findCertificate(tx, hash));
    if (found === undefined) {
      // Foreign certificates cost nothing to make: what is remembered of them is bounded, and thrown away whole.
      if (this.#unknown.size >= MOST_UNKNOWN) this.#unknown.clear();
      this.#unknown.add(hash);
      return UNKNOWN;
    }
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(hash, found);
    return judge(found, now);
  }

  /** After the commit of what issued or revoked them. */
  forget(hashes: readonly string[]): void {
    for (const hash of hashes) {
      this.#known.delete(hash);
      this.#unknown.delete(hash);
    }
  }
}

function judge(certificate: KnownCertificate, now: number): Identification {
  if (certificate.revokedAt !== null) return { status: "revoked", certificate };
  if (now > certificate.notAfter) return { status: "expired", certificate };
  if (now < certificate.notBefore) return { status: "not-yet-valid", certificate };
  return { status: "valid", certificate };
}
