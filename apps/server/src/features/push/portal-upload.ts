import { type Certificate, type Crypto, decodePem, encodePem, parseCertificate } from "@pomona/pki";
import { buildXmlPlist, decodeBase64, encodeBase64, getString, isDictionary, parsePlist } from "@pomona/plist";
import { PomonaError } from "../../kernel/errors.ts";
import { brokenLink } from "./chain-order.ts";

const MOST_CERTIFICATES = 8;

/** What a vendor gives for a request: its signature over the DER, and its certificates up to Apple's root. */
export interface VendorSignature {
  readonly signature: Uint8Array;
  readonly chain: readonly Certificate[];
}

/** What identity.apple.com/pushcert takes: the base64 of a property list (Apple: Setting up push notifications for your MDM customers). */
export interface CheckedUpload {
  readonly upload: string;
  /** Whose signature it carries. */
  readonly vendor: string;
}

/** @throws PomonaError `push.vendor-unreadable` */
export function readVendorSignature(signature: string, chainPem: string): VendorSignature {
  try {
    const blocks = decodePem(chainPem, "CERTIFICATE");
    if (blocks.length === 0 || blocks.length > MOST_CERTIFICATES) throw new Error("no certificates, or too many");
    return {
      signature: decodeBase64(signature.replaceAll(/\s/g, "")),
      chain: blocks.map(({ der }) => parseCertificate(der)),
    };
  } catch (cause) {
    throw new PomonaError(
      "invalid",
      "push.vendor-unreadable",
      "The signature must be base64, and the chain PEM: the vendor's certificate first, then its issuers up to Apple's root.",
      { cause },
    );
  }
}

/**
 * Reads a ready property list, as XML, or in base64 as Apple takes it.
 * @throws PomonaError `push.plist-unreadable`, `push.other-request`
 */
export function readSignedRequest(csr: Uint8Array, text: string): VendorSignature {
  const trimmed = text.trim();
  let fields: readonly (string | undefined)[];
  try {
    const bytes = trimmed.startsWith("<")
      ? new TextEncoder().encode(trimmed)
      : decodeBase64(trimmed.replaceAll(/\s/g, ""));
    const plist = parsePlist(bytes);
    if (!isDictionary(plist)) throw new Error("not a dictionary");
    fields = ["PushCertRequestCSR", "PushCertSignature", "PushCertCertificateChain"].map((key) =>
      getString(plist, key),
    );
  } catch (cause) {
    throw new PomonaError("invalid", "push.plist-unreadable", "This is not a signed certificate request.", { cause });
  }
  const [request, signature, chain] = fields;
  if (request === undefined || signature === undefined || chain === undefined) {
    throw new PomonaError(
      "invalid",
      "push.plist-unreadable",
      "A signed request holds PushCertRequestCSR, PushCertCertificateChain and PushCertSignature; one is missing.",
    );
  }
  if (request.replaceAll(/\s/g, "") !== encodeBase64(csr)) {
    throw new PomonaError(
      "conflict",
      "push.other-request",
      "This was signed for another certificate request. Have this one signed: Apple's certificate must fit its key.",
    );
  }
  return readVendorSignature(signature, chain);
}

/**
 * Checks what Apple's portal would refuse without a word, and puts it together.
 * @throws PomonaError `push.chain-broken`, `push.vendor-expired`, `push.vendor-signature`
 */
export function portalUpload(crypto: Crypto, csr: Uint8Array, vendor: VendorSignature, now: number): CheckedUpload {
  const { chain, signature } = vendor;
  const own = chain[0]!;
  const root = chain.at(-1)!;
  const broken =
    brokenLink(crypto, chain) ??
    (root.issuer.text === root.subject.text
      ? undefined
      : `The chain ends at "${root.subject.text}". It must go on to the root: add its issuers.`);
  if (broken !== undefined) throw new PomonaError("invalid", "push.chain-broken", broken);
  const expired = chain.find(({ notAfter }) => notAfter <= now);
  if (expired !== undefined)
    throw new PomonaError("invalid", "push.vendor-expired", `"${expired.subject.text}" has expired.`);
  const key = crypto.importPublicKey(own.spki);
  if (!crypto.verify(key, "rsa-sha256", csr, signature)) {
    throw new PomonaError(
      "invalid",
      "push.vendor-signature",
      crypto.verify(key, "rsa-sha1", csr, signature)
        ? "The signature was made with SHA-1. Apple wants SHA-256 with RSA."
        : "The signature is not one of this vendor over this request (DER, SHA-256 with RSA).",
    );
  }
  const plist = buildXmlPlist({
    PushCertRequestCSR: encodeBase64(csr),
    PushCertCertificateChain: chain.map(({ raw }) => encodePem("CERTIFICATE", raw)).join(""),
    PushCertSignature: encodeBase64(signature),
  });
  return { upload: encodeBase64(plist), vendor: own.subject.text };
}
