import type { TenantId } from "@pomona/facts";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { readTenant } from "../tenants/index.ts";
import { deleteChallenges } from "./challenges.sql.ts";
import { readEnrollment, readMdmTerms } from "./enrollments.sql.ts";
import type { GrantMethod } from "./identity-method.ts";
import { newSecretText } from "./model.ts";
import { addChallenge } from "./open-session.ts";
import type { ProfileBuilder } from "./profile-builder.ts";

/** A profile that makes a Mac fetch a further identity. */
export interface RenewalOffer {
  /** Signed; it holds a challenge, so it is a secret until it is used. */
  readonly profile: Uint8Array;
  /** Makes the challenge good for one use, and those before it worthless: in the transaction that queues the profile. */
  readonly admit: (tx: WriteTransaction) => Promise<void>;
}

/** @param validForMs how long the challenge can be used. @returns undefined when the enrollment is no longer live */
export type RenewalProfiles = (
  tenantId: TenantId,
  enrollmentId: string,
  validForMs: number,
) => Promise<RenewalOffer | undefined>;

/** The same MDM payload with the same UUIDs and terms, and a new identity payload with a challenge of its own. */
export const renewalProfiles =
  (kernel: Kernel, profiles: ProfileBuilder): RenewalProfiles =>
  async (tenantId, enrollmentId, validForMs) => {
    const found = await kernel.store.read(systemScope(tenantId, "renewal"), async (tx) => {
      const enrollment = await readEnrollment(tx, enrollmentId);
      return (
        enrollment && {
          enrollment,
          organization: (await readTenant(tx, tenantId))?.name ?? "Pomona",
          terms: await readMdmTerms(tx, enrollmentId),
        }
      );
    });
    if (found === undefined || found.enrollment.state !== "enrolled") return undefined;
    const { enrollment, organization, terms } = found;
    // An attested Mac stays one: the payload asks for a key in its hardware again.
    const method: GrantMethod = enrollment.isAttested ? "acme" : "scep";
    const challenge = newSecretText();
    const profile = await profiles.enrollmentProfile({
      tenantId,
      organization,
      enrollmentId,
      generation: enrollment.generation,
      method,
      challenge,
      topic: enrollment.topic,
      ...(terms === undefined ? {} : { replaces: terms }),
    });
    return {
      profile,
      admit: async (tx) => {
        await deleteChallenges(tx, enrollmentId);
        await addChallenge(tx, enrollmentId, challenge, method, validForMs);
      },
    };
  };
