import { newId } from "../../kernel/clock.ts";
import { PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { readTenant } from "../tenants/index.ts";
import { insertChallenge } from "./challenges.sql.ts";
import { countOpenSessions, insertEnrollment } from "./enrollments.sql.ts";
import { decideMethod, type GrantMethod } from "./identity-method.ts";
import { findInvitationByCode, type InvitationRow, isOpen } from "./invitations.sql.ts";
import { CHALLENGE_MS, hashOfSecret, newSecretText } from "./model.ts";
import type { PushTopic } from "./ports.ts";
import type { ProfileBuilder } from "./profile-builder.ts";

/** Downloads that led to nothing yet, beyond what the invitation is for: a person may click twice. */
const SPARE_SESSIONS = 20;
/** Format of an invitation's code; anything else is not looked up. */
const CODE = /^[A-Za-z0-9_-]{43}$/;

export interface OpenInvitation {
  readonly invitation: InvitationRow;
  readonly organization: string;
  /** undefined while the tenant has no push certificate: a Mac enrolled without one could never be woken. */
  readonly topic: string | undefined;
}

/** The invitation of a code that may be used now; undefined for all others, whatever is wrong with them. */
export async function findOpenInvitation(
  kernel: Kernel,
  pushTopic: PushTopic,
  code: string,
): Promise<OpenInvitation | undefined> {
  if (!CODE.test(code)) return undefined;
  const scope = systemScope(PLATFORM, "enrollment");
  const invitation = await kernel.store.read(scope, (tx) => findInvitationByCode(tx, hashOfSecret(code)));
  if (invitation === undefined || !isOpen(invitation, kernel.clock.now())) return undefined;
  return kernel.store.read(systemScope(invitation.tenantId, "enrollment"), async (tx) => ({
    invitation,
    organization: (await readTenant(tx, invitation.tenantId))?.name ?? "Pomona",
    topic: await pushTopic(tx),
  }));
}

/**
 * Begins an enrollment: a row that a certificate can name, and a challenge that gets one certificate.
 * @returns the signed profile
 * @throws PomonaError `enrollment.no-push`, `enrollment.too-many-sessions`
 */
export async function openSession(
  kernel: Kernel,
  profiles: ProfileBuilder,
  open: OpenInvitation,
  canAttest: boolean,
): Promise<Uint8Array> {
  const { invitation, organization, topic } = open;
  if (topic === undefined) {
    throw new PomonaError("conflict", "enrollment.no-push", "This organization has no push certificate yet.");
  }
  const { tenantId } = invitation;
  const enrollmentId = newId<"enrollment">(kernel.clock.now());
  const challenge = newSecretText();
  const method = await kernel.store.write(systemScope(tenantId, "enrollment"), async (tx) => {
    if ((await countOpenSessions(tx, invitation.id)) >= invitation.maxUses - invitation.uses + SPARE_SESSIONS) {
      throw new PomonaError(
        "exhausted",
        "enrollment.too-many-sessions",
        "Too many profiles wait for their Mac. Try again in an hour.",
      );
    }
    const decided = await decideMethod(tx, invitation.identity, invitation.serialNumber, canAttest);
    await insertEnrollment(tx, {
      id: enrollmentId,
      invitationId: invitation.id,
      boundSerialNumber: invitation.serialNumber,
      isAttested: decided === "acme",
      topic,
      mdmTerms: profiles.terms(topic),
    });
    await addChallenge(tx, enrollmentId, challenge, decided);
    return decided;
  });
  return profiles.enrollmentProfile({ tenantId, organization, enrollmentId, generation: 0, method, challenge, topic });
}

/** A SCEP challenge, or a ClientIdentifier of ACME: good for one certificate by that method. Only the hash is kept. */
export const addChallenge = (
  tx: WriteTransaction,
  enrollmentId: string,
  challenge: string,
  method: GrantMethod = "scep",
  validForMs: number = CHALLENGE_MS,
): Promise<void> =>
  insertChallenge(tx, { hash: hashOfSecret(challenge), enrollmentId, method, expiresAt: tx.now + validForMs });
