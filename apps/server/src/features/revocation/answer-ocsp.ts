import type { TenantId } from "@pomona/facts";
import {
  buildOcspError,
  buildOcspResponse,
  type DigestAlgorithm,
  issuerHashes,
  type OcspAnswer,
  type OcspCertId,
  type OcspRequest,
  PkiError,
  parseOcspRequest,
} from "@pomona/pki";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { type Authority, type AuthorityKey, findBySerial } from "../tenants/index.ts";

/** For how long an answer may be kept. Shorter than a day would make askers depend on us all the time. */
export const ANSWER_VALID_MS = 12 * 3_600_000;

/**
 * Answers an OCSP request about certificates of one tenant's authority (RFC 6960): good, revoked, or unknown for all that it
 * did not issue. Signed by a delegated responder, whose P-256 key costs a twentieth of the authority's own.
 */
export async function answerOcsp(
  kernel: Kernel,
  authority: Authority,
  tenantId: TenantId,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  let request: OcspRequest;
  try {
    request = parseOcspRequest(bytes);
  } catch (error) {
    if (error instanceof PkiError) return buildOcspError("malformedRequest");
    throw error;
  }
  const issuer = await authority.intermediate(tenantId);
  const isOurs = issuerMatcher(authority, issuer);
  const answers = await kernel.store.read(systemScope(tenantId, "revocation"), async (tx) => {
    const found: OcspAnswer[] = [];
    for (const id of request.ids) {
      const known = isOurs(id) ? await findBySerial(tx, id.serialHex) : undefined;
      const { revokedAt = null, revocationReason = null } = known ?? {};
      found.push({
        id,
        status:
          known === undefined
            ? { status: "unknown" }
            : revokedAt === null
              ? { status: "good" }
              : { status: "revoked", revokedAt, reason: revocationReason ?? "unspecified" },
      });
    }
    return found;
  });
  const signer = await authority.ocspResponder(tenantId);
  const now = kernel.clock.now();
  return buildOcspResponse(authority.crypto, {
    signer,
    producedAt: now,
    thisUpdate: now,
    nextUpdate: now + ANSWER_VALID_MS,
    answers,
    nonce: request.nonce,
    certificates: [signer.certificate.raw],
  });
}

function issuerMatcher(authority: Authority, issuer: AuthorityKey): (id: OcspCertId) => boolean {
  const hashes = new Map<DigestAlgorithm, ReturnType<typeof issuerHashes>>();
  return ({ digest, issuerNameHash, issuerKeyHash }) => {
    if (digest === undefined) return false;
    let own = hashes.get(digest);
    if (own === undefined) hashes.set(digest, (own = issuerHashes(authority.crypto, issuer.certificate, digest)));
    return Buffer.from(own.name).equals(issuerNameHash) && Buffer.from(own.key).equals(issuerKeyHash);
  };
}
