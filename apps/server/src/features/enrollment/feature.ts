import type { Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { adoptEnrollment } from "./adopt-enrollment.ts";
import { type AwaitingHook, authenticate, type IdentityHook, type ResetHook } from "./authenticate.ts";
import { checkOut } from "./check-out.ts";
import { cloneMigrations } from "./clone-evidence.sql.ts";
import { Clones } from "./clones.ts";
import type { EnrollmentFeature, EnrollmentPorts } from "./enrollment-feature.ts";
import { policyMigrations } from "./enrollment-policy.sql.ts";
import { policyActions } from "./enrollment-policy.ts";
import { deleteDeadSessions, enrollmentMigrations } from "./enrollments.sql.ts";
import { Enrollments } from "./enrollments.ts";
import { getToken, NO_MAID_KEYS } from "./get-token.ts";
import { grantAttestedIdentity } from "./grant-identity.ts";
import { invitationMigrations } from "./invitations.sql.ts";
import { invitationActions } from "./invitations.ts";
import { listRefusals } from "./list-refusals.ts";
import { messageLogMigrations } from "./message-log.sql.ts";
import { messageMemoryMigrations } from "./message-memory.sql.ts";
import { MessageMemory } from "./message-memory.ts";
import { CHALLENGE_MS } from "./model.ts";
import { networkUserMigrations } from "./network-users.sql.ts";
import { noDeclarations } from "./no-declarations.ts";
import { portalRoutes } from "./portal.http.ts";
import { ProfileBuilder } from "./profile-builder.ts";
import { pushTargetMigrations } from "./push-targets.sql.ts";
import { refusalMigrations } from "./refusals.sql.ts";
import { Refusals } from "./refusals.ts";
import { renewalProfiles } from "./renewal-profile.ts";
import { scepRoutes } from "./scep.http.ts";
import { stopPushes } from "./stop-pushes.ts";
import type { TokenHook } from "./token-hooks.ts";
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
  const tokenHooks: TokenHook[] = [];
  const memory = new MessageMemory(kernel);
  const clones = new Clones(kernel);
  const identityHooks: IdentityHook[] = [];
  const hooks = { resetHooks, awaitingHooks, tokenHooks, identityHooks };
  const inner = { kernel, authority, enrollments, refusals, clones, ...hooks };
  return {
    refusals,
    profiles,
    grantAttested: (request) => grantAttestedIdentity({ kernel, authority, enrollments }, request),
    memory,
    clones,
    onIdentity: (hook) => void identityHooks.push(hook),
    renewalProfile: renewalProfiles(kernel, profiles),
    authenticate: (request) => authenticate(inner, request),
    checkIns: {
      TokenUpdate: tokenUpdate(inner),
      CheckOut: checkOut(inner),
      UserAuthenticate: userAuthenticate(kernel),
      GetToken: getToken(authority.crypto, ports.maidKeys ?? NO_MAID_KEYS),
      DeclarativeManagement: noDeclarations,
    },
    resolve: (certificate, from) => enrollments.resolve(certificate, from),
    stopPushes: (tx, target) => stopPushes(tx, enrollments, target),
    adopt: (tx, moved) => adoptEnrollment(tx, inner, moved),
    pin: (tx, enrollmentId, { hash, notAfter }) =>
      enrollments.change(tx, enrollmentId, { pin: hash, pinExpiresAt: notAfter }),
    onReset: (hook) => void resetHooks.push(hook),
    onAwaiting: (hook) => void awaitingHooks.push(hook),
    noteConfigured: (tx, deviceId) => enrollments.noteConfigured(tx, deviceId),
    onToken: (hook) => void tokenHooks.push(hook),
    feature: {
      name: "enrollment",
      migrations: [
        ...enrollmentMigrations,
        ...invitationMigrations,
        ...messageMemoryMigrations,
        ...messageLogMigrations,
        ...cloneMigrations,
        ...pushTargetMigrations,
        ...policyMigrations,
        ...userChannelMigrations,
        ...networkUserMigrations,
        ...refusalMigrations,
      ],
      actions: [
        ...invitationActions(() => ports.urls().api, canAttest),
        ...policyActions(canAttest),
        ...userChannelActions,
        listRefusals,
      ],
      routes: [
        ...portalRoutes(kernel, profiles, ports.pushTopic, canAttest),
        ...scepRoutes({ kernel, authority, enrollments, allowDes: ports.allowScepDes ?? false }),
      ],
      jobs: [
        memory.job(),
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
