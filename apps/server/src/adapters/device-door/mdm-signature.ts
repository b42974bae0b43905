import { hash as digest } from "node:crypto";
import {
  type Crypto,
  PkiError,
  type PublicKeyHandle,
  parseCertificate,
  parseSignedData,
  verifySignedData,
} from "@pomona/pki";
import { certificateHash } from "../../features/tenants/index.ts";

export type SignatureVerdict =
  | {
      readonly ok: true;
      /** Hash of the certificate that signed: who that is, is not decided here. */
      readonly certificateHash: string;
      /** DER */
      readonly certificate: Uint8Array;
      /** Claimed by the Mac, ms; undefined when it claims none. */
      readonly signingTime: number | undefined;
      /** Over what was signed, so that no other way of writing the same signature down makes another message of it. */
      readonly print: string;
    }
  | { readonly ok: false; readonly reason: string };

const MOST_KEYS = 100_000;

/**
 * Verifies `Mdm-Signature`: base64 of a CMS SignedData over the raw body, detached as Apple sends it or with the content
 * inside. Parsed keys are kept by the hash of their certificate; digest and signature are checked every time.
 */
export class MdmSignatures {
  readonly #crypto: Crypto;
  readonly #keys = new Map<string, PublicKeyHandle>();

  constructor(crypto: Crypto) {
    this.#crypto = crypto;
  }

  verify(header: string, body: Uint8Array): SignatureVerdict {
    let hash = "";
    try {
      const signed = parseSignedData(Buffer.from(header, "base64"));
      const verdict = verifySignedData(this.#crypto, signed, {
        detachedContent: body,
        keyFor: (certificate) => {
          hash = certificateHash(certificate);
          return this.#keys.get(hash);
        },
      });
      if (!verdict.ok) return verdict;
      if (!this.#keys.has(hash)) this.#remember(hash, verdict.signerCertificate);
      const { signingTime, messageDigest } = verdict;
      const print = digest(
        "sha256",
        Buffer.concat([messageDigest, Buffer.from(`${signingTime} ${hash}`)]),
        "base64url",
      );
      return {
        ok: true,
        certificateHash: hash,
        certificate: verdict.signerCertificate,
        signingTime,
        print: print.slice(0, 22),
      };
    } catch (error) {
      if (error instanceof PkiError) return { ok: false, reason: error.code };
      throw error;
    }
  }

  #remember(hash: string, certificate: Uint8Array): void {
    // A certificate's key never changes, so nothing here goes stale; foreign ones may fill it, then it begins anew.
    if (this.#keys.size >= MOST_KEYS) this.#keys.clear();
    this.#keys.set(hash, this.#crypto.importPublicKey(parseCertificate(certificate).spki));
  }
}
