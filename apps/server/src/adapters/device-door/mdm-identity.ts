import { certificateHash, type Identification, type KnownCertificate } from "../../features/tenants/index.ts";
import type { MdmSignatures } from "./mdm-signature.ts";
import type { MdmPorts } from "./ports.ts";

/** How a message proved where it comes from. */
export interface Proof {
  readonly certificate: KnownCertificate;
  /** The certificate has run out, but not so long ago that a renewal could not help. */
  readonly isExpired: boolean;
  /** Print and claimed time of `Mdm-Signature`; absent when TLS or a proxy vouched. */
  readonly signature?: { readonly print: string; readonly signingTime: number | undefined };
}

export type ProofVerdict =
  | { readonly ok: true; readonly proof: Proof }
  | {
      readonly ok: false;
      readonly status: 400 | 403;
      readonly reason: string;
      readonly certificate?: KnownCertificate;
      /** DER of a certificate that proved its key, and that nobody knows. */
      readonly unknown?: Uint8Array;
    };

/**
 * Whose message this is: by its signature where it has one, else by the client certificate. A missing or unreadable proof is
 * 400, one that is not good enough 403; never 401, which would unenroll the Mac.
 */
export async function identify(
  ports: Pick<MdmPorts, "authority">,
  signatures: MdmSignatures,
  request: {
    readonly signature: string | undefined;
    readonly peerCertificate: Uint8Array | undefined;
    readonly body: Uint8Array;
    readonly now: number;
    readonly expiredGraceMs: number;
  },
): Promise<ProofVerdict> {
  const { signature: header, peerCertificate, body, now } = request;
  let hash: string;
  let shown: Uint8Array;
  let signature: Proof["signature"];
  if (header !== undefined) {
    const verdict = signatures.verify(header, body);
    if (!verdict.ok) return { ok: false, status: 400, reason: `signature: ${verdict.reason}` };
    hash = verdict.certificateHash;
    shown = verdict.certificate;
    signature = { print: verdict.print, signingTime: verdict.signingTime };
  } else if (peerCertificate !== undefined) {
    hash = certificateHash(peerCertificate);
    shown = peerCertificate;
  } else {
    return { ok: false, status: 400, reason: "neither a signature nor a client certificate" };
  }
  const known = ports.authority.recall(hash, now) ?? (await ports.authority.identifyHash(hash, now));
  if (known.status === "unknown")
    return { ok: false, status: 403, reason: "a certificate that we did not issue", unknown: shown };
  return judge(known, signature, now, request.expiredGraceMs);
}

/** What we issued ourselves and what is not valid yet says that our own clock was put back: no reason to lose a fleet. */
const CLOCK_SLACK_MS = 2 * 86_400_000;

function judge(
  known: Identification & { readonly certificate: KnownCertificate },
  signature: Proof["signature"],
  now: number,
  expiredGraceMs: number,
): ProofVerdict {
  const { certificate, status } = known;
  if (certificate.role !== "mdm")
    return { ok: false, status: 403, reason: `a certificate for the role ${certificate.role}` };
  const isExpired = status === "expired";
  if (
    status === "revoked" ||
    (status === "not-yet-valid" && certificate.notBefore - now > CLOCK_SLACK_MS) ||
    (isExpired && now - certificate.notAfter > expiredGraceMs)
  ) {
    return { ok: false, status: 403, reason: `the certificate is ${status}`, certificate };
  }
  return { ok: true, proof: { certificate, isExpired, ...(signature === undefined ? {} : { signature }) } };
}
