import { X509Certificate } from "node:crypto";
import type { RevocationReason } from "@pomona/pki";
import type { HttpResponse, Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { payloadOf, type SignedRequest } from "./acme-door.ts";
import { isCertificateOf } from "./attestations.sql.ts";
import type { AcmePorts } from "./ports.ts";
import { AcmeProblem } from "./problem.ts";

const MOST_CERTIFICATE_TEXT = 16_384;
/** RFC 5280 reasons that a holder may give, by their code. */
const REASONS: ReadonlyMap<unknown, RevocationReason> = new Map([
  [undefined, "unspecified"],
  [0, "unspecified"],
  [1, "keyCompromise"],
  [3, "affiliationChanged"],
  [4, "superseded"],
  [5, "cessationOfOperation"],
]);

/** Revokes a certificate at the wish of its key, or of the account that got it (RFC 8555 section 7.6). */
export async function revokeCertificate(
  kernel: Kernel,
  { authority }: AcmePorts,
  request: SignedRequest,
): Promise<HttpResponse> {
  const { tenantId, signer, now } = request;
  const { certificate, reason: code } = payloadOf(request);
  if (typeof certificate !== "string" || certificate.length > MOST_CERTIFICATE_TEXT)
    throw new AcmeProblem("malformed", "The certificate is base64url of its DER.");
  const reason = REASONS.get(code);
  if (reason === undefined) throw new AcmeProblem("badRevocationReason", "This reason cannot be given here.");
  const der = Buffer.from(certificate, "base64url");
  const found = await authority.identify(der, now);
  // Known certificates are known by all of their bytes: what we find is what we issued.
  const isOurs = found.status !== "unknown" && found.certificate.tenantId === tenantId;
  if (!isOurs || found.certificate.role !== "mdm" || !(await mayRevoke(kernel, request, der, found.certificate.hash)))
    throw new AcmeProblem("unauthorized", "This certificate is not yours to revoke.");
  if (found.status === "revoked") throw new AcmeProblem("alreadyRevoked", "The certificate is revoked already.");
  const { hash } = found.certificate;
  await kernel.store.write(systemScope(tenantId, "acme"), (tx) => authority.revoke(tx, { hash }, { reason }));
  kernel.log.info("acme.revoked", { tenantId, enrollmentId: found.certificate.enrollmentId, by: signer.kind });
  return { status: 200 };
}

async function mayRevoke(kernel: Kernel, request: SignedRequest, der: Uint8Array, hash: string): Promise<boolean> {
  const { signer, tenantId } = request;
  if (signer.kind === "account") {
    return kernel.store.read(systemScope(tenantId, "acme"), (tx) => isCertificateOf(tx, signer.account.id, hash));
  }
  return new X509Certificate(der).publicKey.equals(signer.key);
}
