import type { TenantId } from "@pomona/facts";
import type { ScepEnrollmentRequest, ScepFailInfo } from "@pomona/pki";
import { PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import type { Authority, IssuedCertificate } from "../tenants/index.ts";
import { peekChallenge, useChallenge } from "./challenges.sql.ts";
import { readEnrollment } from "./enrollments.sql.ts";
import type { Enrollments } from "./enrollments.ts";
import { useInvitation } from "./invitations.sql.ts";
import type { Enrollment } from "./model.ts";
import { hashOfSecret } from "./model.ts";

interface GrantPorts {
  readonly kernel: Kernel;
  readonly authority: Authority;
  readonly enrollments: Enrollments;
}

export type Grant =
  | { readonly ok: true; readonly issued: IssuedCertificate }
  | { readonly ok: false; readonly failInfo: ScepFailInfo; readonly reason: string };

const refuse = (reason: string, failInfo: ScepFailInfo = "badRequest"): Grant => ({ ok: false, failInfo, reason });

/**
 * Decides who gets an identity. With a challenge: once, for the enrollment that the challenge was made for. Without one: only
 * as a renewal, signed with a valid certificate of that same enrollment. Names come from our record; the request gives a key.
 */
export async function grantIdentity(
  ports: GrantPorts,
  tenantId: TenantId,
  request: ScepEnrollmentRequest,
): Promise<Grant> {
  const { kernel, authority } = ports;
  const { challengePassword, csr } = request;
  const now = kernel.clock.now();
  const sign = (enrollmentId: string) =>
    authority.sign({ tenantId, role: "mdm", holder: { enrollmentId }, spki: csr.spki, now });
  try {
    // macOS renews with a PKCSReq, so the challenge decides which it is, not the message type.
    if (challengePassword !== undefined && challengePassword !== "") {
      const hash = hashOfSecret(challengePassword);
      const scope = systemScope(tenantId, "scep");
      const enrollmentId = await kernel.store.read(scope, (tx) => peekChallenge(tx, hash, "scep"));
      if (enrollmentId !== undefined)
        return await spend(ports, { tenantId, hash, method: "scep" }, await sign(enrollmentId));
      if (request.messageType === "PKCSReq") return refuse("challenge unknown, used or expired");
    }
    const identification = await authority.identify(request.signerCertificate.raw, now);
    if (identification.status !== "valid")
      return refuse(`no challenge, and the signer's certificate is ${identification.status}`);
    const { certificate } = identification;
    if (certificate.tenantId !== tenantId || certificate.role !== "mdm" || certificate.enrollmentId === null) {
      return refuse("the signer's certificate is not of an enrollment of this tenant");
    }
    return await renew(
      ports,
      tenantId,
      certificate.enrollmentId,
      certificate.hash,
      await sign(certificate.enrollmentId),
    );
  } catch (error) {
    if (error instanceof PomonaError && error.code === "certificate.weak-key") return refuse(error.message, "badAlg");
    throw error;
  }
}

/** A key that Apple attested to be in the Mac with this serial number. */
export interface AttestedRequest {
  readonly tenantId: TenantId;
  /** Hash of the ClientIdentifier. */
  readonly hash: string;
  readonly enrollmentId: string;
  readonly serialNumber: string;
  readonly spki: Uint8Array;
  /** What else must be true and written in the transaction of the grant; false undoes all of it. */
  readonly alongside: (tx: WriteTransaction, issued: IssuedCertificate) => Promise<boolean>;
}

/** The grant of ACME: as by SCEP, and for the one serial number that the enrollment is bound to. */
export async function grantAttestedIdentity(ports: GrantPorts, request: AttestedRequest): Promise<Grant> {
  const { tenantId, enrollmentId, spki } = request;
  try {
    const issued = await ports.authority.sign({
      tenantId,
      role: "mdm",
      holder: { enrollmentId },
      spki,
      now: ports.kernel.clock.now(),
    });
    return await spend(ports, { ...request, method: "acme" }, issued);
  } catch (error) {
    if (error instanceof Undone) return refuse("the order is no longer ready");
    if (error instanceof PomonaError && error.code === "certificate.weak-key") return refuse(error.message, "badAlg");
    throw error;
  }
}

/** Takes the transaction back. */
class Undone extends Error {
  override readonly name = "Undone";
}

const spend = (
  ports: GrantPorts,
  grant:
    | { readonly tenantId: TenantId; readonly hash: string; readonly method: "scep" }
    | (AttestedRequest & { readonly method: "acme" }),
  issued: IssuedCertificate,
): Promise<Grant> =>
  ports.kernel.store.write(systemScope(grant.tenantId, grant.method), async (tx): Promise<Grant> => {
    // Of two requests that came at once one finds it used.
    if ((await useChallenge(tx, grant.hash, grant.method)) !== issued.enrollmentId) return refuse("challenge used");
    const enrollment = await readEnrollment(tx, issued.enrollmentId!);
    if (enrollment === undefined) return refuse("the enrollment is gone");
    if (grant.method === "acme" && enrollment.boundSerialNumber !== grant.serialNumber) throw new Undone();
    if (enrollment.generation === 0 && enrollment.invitationId !== null) {
      if (!(await useInvitation(tx, enrollment.invitationId)))
        return refuse("the invitation is spent, expired or revoked");
    }
    await ports.authority.record(tx, issued);
    await ports.enrollments.change(tx, enrollment.id, { ...grown(enrollment), isAttested: grant.method === "acme" });
    if (grant.method === "acme" && !(await grant.alongside(tx, issued))) throw new Undone();
    return { ok: true, issued };
  });

const renew = (
  ports: GrantPorts,
  tenantId: TenantId,
  enrollmentId: string,
  signerHash: string,
  issued: IssuedCertificate,
): Promise<Grant> =>
  ports.kernel.store.write(systemScope(tenantId, "scep"), async (tx): Promise<Grant> => {
    const enrollment = await readEnrollment(tx, enrollmentId);
    if (enrollment === undefined || enrollment.state === "unenrolled") return refuse("the enrollment has ended");
    // The old key vouches for the new one here, and a key in software could be anywhere.
    if (enrollment.isAttested) return refuse("an attested identity is renewed by ACME only");
    // Before the first Authenticate nothing is pinned: then the one certificate that the challenge bought may renew.
    if (enrollment.pin !== null && enrollment.pin !== signerHash) return refuse("superseded certificate");
    await ports.authority.record(tx, issued);
    await ports.enrollments.change(tx, enrollment.id, grown(enrollment));
    return { ok: true, issued };
  });

/** A further identity of a Mac that is enrolled will come back as a renewal. */
const grown = (enrollment: Enrollment) => ({
  generation: enrollment.generation + 1,
  isRenewing: enrollment.state === "enrolled",
});
