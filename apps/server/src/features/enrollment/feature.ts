import type { Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { type AwaitingHook, authenticate, type ResetHook } from "./authenticate.ts";
import { checkOut } from "./check-out.ts";
import type { EnrollmentFeature, EnrollmentPorts } from "./enrollment-feature.ts";
import { policyMigrations } from "./enrollment-policy.sql.ts";
import { policyActions } from "./enrollment-policy.ts";
import { deleteDeadSessions, enrollmentMigrations } from "./enrollments.sql.ts";
import { Enrollments } from "./enrollments.ts";
import { getToken, NO_MAID_KEYS } from "./get-token.ts";
import { grantAttestedIdentity } from "./grant-identity.ts";
import { invitationMigrations } from "./invitations.sql.ts";
import { invitationActions } from "./invitations.ts";
import { CHALLENGE_MS } from "./model.ts";
import { networkUserMigrations } from "./network-users.sql.ts";
import { noDeclarations } from "./no-declarations.ts";
import { portalRoutes } from "./portal.http.ts";
import { ProfileBuilder } from "./profile-builder.ts";
import { pushTargetMigrations } from "./push-targets.sql.ts";
import { Refusals } from "./refusals.ts";
import { scepRoutes } from "./scep.http.ts";
import { stopPushes } from "./stop-pushes.ts";
import { tokenUpdate } from "./token-update.ts";
import { userAuthenticate } from "./user-authenticate.ts";
import { userChannelActions } from "./user-channel-actions.ts";
import { userChannelMigrations } from "./user-channels.sql.ts";

export function createEnrollment(kernel: Kernel, ports: EnrollmentPorts): EnrollmentFeature {
  const { authority, canAttest = false } = ports;
  const enrollments = new Enrollments(kernel);
  const refusals = new Refusals(kernel);
  const profiles = new ProfileBuilder(kernel, authority, ports.urls);
  const resetHooks: ResetHook[] = [];
  const awaitingHooks: AwaitingHook[] = [];
  const inner = { kernel, authority, enrollments, refusals, resetHooks, awaitingHooks };
  return {
    refusals,
    profiles,
    grantAttested: (request) => grantAttestedIdentity({ kernel, authority, enrollments }, request),
    authenticate: (message, certificate) => authenticate(inner, message, certificate),
    checkIns: {
      TokenUpdate: tokenUpdate(inner),
      CheckOut: checkOut(inner),
      UserAuthenticate: userAuthenticate(kernel),
      GetToken: getToken(authority.crypto, ports.maidKeys ?? NO_MAID_KEYS),
      DeclarativeManagement: noDeclarations,
    },
    resolve: (certificate, from) => enrollments.resolve(certificate, from),
    stopPushes: (tx, target) => stopPushes(tx, enrollments, target),
    onReset: (hook) => void resetHooks.push(hook),
    onAwaiting: (hook) => void awaitingHooks.push(hook),
    noteConfigured: (tx, deviceId) => enrollments.noteConfigured(tx, deviceId),
    feature: {
      name: "enrollment",
      migrations: [
        ...enrollmentMigrations,
        ...invitationMigrations,
        ...pushTargetMigrations,
        ...policyMigrations,
        ...userChannelMigrations,
        ...networkUserMigrations,
      ],
      actions: [
        ...invitationActions(() => ports.urls().api, canAttest),
        ...policyActions(canAttest),
        ...userChannelActions,
      ],
      routes: [
        ...portalRoutes(kernel, profiles, ports.pushTopic, canAttest),
        ...scepRoutes({ kernel, authority, enrollments, allowDes: ports.allowScepDes ?? false }),
      ],
      jobs: [
        {
          name: "enrollment/forget-dead-sessions",
          everyMs: 600_000,
          run: () =>
            kernel.store.write(systemScope(PLATFORM, "enrollment"), (tx) =>
              deleteDeadSessions(tx, tx.now - 2 * CHALLENGE_MS),
            ),
        },
      ],
    },
  };
}
