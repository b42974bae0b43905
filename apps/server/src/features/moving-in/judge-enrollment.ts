import { hash as digest } from "node:crypto";
import type { MovingEnrollment } from "@pomona/contract";
import { type Certificate, type Crypto, decodePem, EKU, parseCertificate, verifyChain } from "@pomona/pki";

/** The identity that a record brings, as it is kept. */
export interface MovingPin {
  /** Of the certificate's DER, lower hex. */
  readonly hash: string;
  readonly serial: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

export type PinVerdict =
  | { readonly ok: true; readonly pin: MovingPin | null; readonly leaves: readonly string[] }
  | { readonly ok: false; readonly reason: string };

const DAY_MS = 86_400_000;

/** What a record says of the Mac's identity, against the issuers that are trusted. */
export function judgePin(
  crypto: Crypto,
  record: MovingEnrollment,
  issuers: readonly Certificate[],
  now: number,
): PinVerdict {
  const hash = record.certificateHash?.toLowerCase() ?? null;
  if (record.certificate === undefined || record.certificate === null) {
    if (hash === null) {
      const leaves = ["its certificate is not in the file: it has to bring it while the association window is open"];
      return { ok: true, pin: null, leaves };
    }
    if (issuers.length === 0)
      return { ok: false, reason: "no issuer is known for its certificate: give the old CA first" };
    // Only the hash is known: how long it lives shows when the Mac brings it; its issuer's end bounds it.
    const notAfter = Math.max(...issuers.map((issuer) => issuer.notAfter));
    return {
      ok: true,
      pin: { hash, serial: "", notBefore: 0, notAfter },
      leaves: ["the end of its certificate is not known from the hash alone: renew it soon"],
    };
  }
  let certificate: Certificate;
  try {
    certificate = parseCertificate(decodePem(record.certificate, "CERTIFICATE")[0]!.der);
  } catch {
    return { ok: false, reason: "its certificate cannot be read" };
  }
  const pin = pinOf(certificate);
  if (hash !== null && hash !== pin.hash)
    return { ok: false, reason: "its certificate has another hash than the old server had pinned" };
  const verdict = verifyChain(crypto, certificate, issuers, issuers, now, {
    allowExpiredLeaf: true,
    allowExpiredCa: true,
  });
  if (!verdict.ok)
    return { ok: false, reason: `its certificate is not from an issuer of the file (${verdict.reason})` };
  if (!isForClients(certificate))
    return { ok: false, reason: "its certificate is not for clients (extended key usage clientAuth)" };
  const left = Math.floor((certificate.notAfter - now) / DAY_MS);
  return {
    ok: true,
    pin,
    leaves:
      left < 0
        ? ["its certificate has expired: it may only fetch its renewal"]
        : left < 60
          ? [`its certificate ends in ${left} days: renew it first`]
          : [],
  };
}

/** Old authorities may have named no usage at all; one that they named has to be ours. */
export const isForClients = ({ extendedKeyUsage }: Certificate): boolean =>
  extendedKeyUsage === undefined || extendedKeyUsage.includes(EKU.clientAuth) || extendedKeyUsage.includes(EKU.any);

export const pinOf = (certificate: Certificate): MovingPin => ({
  hash: digest("sha256", certificate.raw, "hex"),
  serial: certificate.serialHex,
  notBefore: certificate.notBefore,
  notAfter: certificate.notAfter,
});
