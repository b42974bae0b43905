import type { DeviceId, TenantId } from "@pomona/facts";
import type { Authenticate, EnrollmentIdentifier } from "@pomona/mdm";
import type { Feature, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import type { Authority, KnownCertificate } from "../tenants/index.ts";
import { authenticate, type ResetHook } from "./authenticate.ts";
import type { CheckInHandlers, MdmAnswer } from "./check-in.ts";
import { checkOut } from "./check-out.ts";
import { getToken, userAuthenticate } from "./declined-messages.ts";
import { deleteDeadSessions, enrollmentMigrations } from "./enrollments.sql.ts";
import { Enrollments, type Resolution } from "./enrollments.ts";
import { invitationMigrations } from "./invitations.sql.ts";
import { invitationActions } from "./invitations.ts";
import { CHALLENGE_MS } from "./model.ts";
import { portalRoutes } from "./portal.http.ts";
import type { DoorUrls, PushSender } from "./ports.ts";
import { ProfileBuilder } from "./profile-builder.ts";
import { pushMigrations } from "./push.sql.ts";
import { pushActions } from "./push-actions.ts";
import { PushQueue } from "./push-queue.ts";
import { Refusals } from "./refusals.ts";
import { scepRoutes } from "./scep.http.ts";
import { tokenUpdate } from "./token-update.ts";

export interface EnrollmentPorts {
  readonly authority: Authority;
  readonly pushSender: PushSender;
  /** Known once the doors listen. */
  readonly urls: () => DoorUrls;
  /** Tests with `scepclient` need it: it sends single DES. Default false. */
  readonly allowScepDes?: boolean;
}

export interface EnrollmentFeature {
  readonly feature: Feature;
  readonly authenticate: (message: Authenticate, certificate: KnownCertificate) => Promise<MdmAnswer>;
  readonly checkIns: CheckInHandlers;
  /** Whose message this is: certificate and claimed identifier must belong to one live enrollment. */
  readonly resolve: (certificate: KnownCertificate, from: EnrollmentIdentifier) => Promise<Resolution>;
  readonly refusals: Refusals;
  /** Wakes a Mac soon; call it after the commit. */
  readonly wake: (tenantId: TenantId, deviceId: DeviceId) => void;
  /** What else must be cleared when a Mac enrolls anew or leaves, in the same transaction. */
  readonly onReset: (hook: ResetHook) => void;
  readonly profiles: ProfileBuilder;
}

export function createEnrollment(kernel: Kernel, ports: EnrollmentPorts): EnrollmentFeature {
  const { authority } = ports;
  const enrollments = new Enrollments(kernel);
  const refusals = new Refusals(kernel);
  const profiles = new ProfileBuilder(kernel, authority, ports.urls);
  const pushes = new PushQueue(kernel, enrollments, ports.pushSender);
  const resetHooks: ResetHook[] = [];
  const inner = { kernel, authority, enrollments, refusals, resetHooks };
  return {
    refusals,
    profiles,
    authenticate: (message, certificate) => authenticate(inner, message, certificate),
    checkIns: {
      TokenUpdate: tokenUpdate(inner),
      CheckOut: checkOut(inner),
      UserAuthenticate: userAuthenticate,
      GetToken: getToken,
    },
    resolve: (certificate, from) => enrollments.resolve(certificate, from),
    wake: (tenantId, deviceId) => pushes.wake(tenantId, deviceId),
    onReset: (hook) => void resetHooks.push(hook),
    feature: {
      name: "enrollment",
      migrations: [...enrollmentMigrations, ...invitationMigrations, ...pushMigrations],
      actions: [
        ...invitationActions(() => ports.urls().api),
        ...pushActions(kernel, authority.crypto, pushes, ports.pushSender.endpoint),
      ],
      routes: [
        ...portalRoutes(kernel, profiles),
        ...scepRoutes({ kernel, authority, enrollments, allowDes: ports.allowScepDes ?? false }),
      ],
      jobs: [
        { name: "enrollment/flush-pushes", everyMs: 10_000, run: () => pushes.flush() },
        {
          name: "enrollment/forget-dead-sessions",
          everyMs: 600_000,
          run: () =>
            kernel.store.write(systemScope(PLATFORM, "enrollment"), (tx) =>
              deleteDeadSessions(tx, tx.now - 2 * CHALLENGE_MS),
            ),
        },
      ],
      stop: () => pushes.stop(),
    },
  };
}
