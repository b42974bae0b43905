import type { DeviceId } from "@pomona/facts";
import type { Authenticate, EnrollmentIdentifier } from "@pomona/mdm";
import type { Feature } from "../../kernel/feature.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import type { Authority, KnownCertificate } from "../tenants/index.ts";
import type { MovedEnrollment } from "./adopt-enrollment.ts";
import type { AwaitingHook, IdentityHook, ResetHook } from "./authenticate.ts";
import type { CheckInHandlers, CheckInRequest, MdmAnswer } from "./check-in.ts";
import type { Clones } from "./clones.ts";
import type { Resolution } from "./enrollments.ts";
import type { AttestedRequest, Grant } from "./grant-identity.ts";
import type { MessageMemory } from "./message-memory.ts";
import type { DoorUrls, MaidKeys, PushTopic } from "./ports.ts";
import type { ProfileBuilder } from "./profile-builder.ts";
import type { PushTarget } from "./push-targets.sql.ts";
import type { Refusals } from "./refusals.ts";
import type { RenewalProfiles } from "./renewal-profile.ts";
import type { TokenHook } from "./token-hooks.ts";

export interface EnrollmentPorts {
  readonly authority: Authority;
  readonly pushTopic: PushTopic;
  /** Known once the doors listen. */
  readonly urls: () => DoorUrls;
  /** Automated enrollment brings it; without it no token for Managed Apple Accounts is given. */
  readonly maidKeys?: MaidKeys;
  /** Tests with `scepclient` need it: it sends single DES. Default false. */
  readonly allowScepDes?: boolean;
  /** Whether attestations can be checked here, so that identities by ACME can be offered. Default false. */
  readonly canAttest?: boolean;
}

export interface EnrollmentFeature {
  readonly feature: Feature;
  readonly authenticate: (request: CheckInRequest<Authenticate>) => Promise<MdmAnswer>;
  readonly checkIns: CheckInHandlers;
  /** Whose message this is: certificate and claimed identifier must belong to one live enrollment. */
  readonly resolve: (certificate: KnownCertificate, from: EnrollmentIdentifier) => Promise<Resolution>;
  readonly refusals: Refusals;
  /** Apple refused this token: no push until the Mac sends another. False when it has meanwhile. */
  readonly stopPushes: (tx: WriteTransaction, target: PushTarget) => Promise<boolean>;
  /** An enrollment of another MDM server goes on here; the caller has looked for rivals. */
  readonly adopt: (
    tx: WriteTransaction,
    moved: MovedEnrollment,
  ) => Promise<{ readonly enrollmentId: string; readonly deviceId: DeviceId }>;
  /** The certificate that counts for an enrollment that has none yet. */
  readonly pin: (
    tx: WriteTransaction,
    enrollmentId: string,
    certificate: { readonly hash: string; readonly notAfter: number },
  ) => Promise<void>;
  readonly memory: MessageMemory;
  readonly clones: Clones;
  /** What else happens when a Mac comes with a further identity, in the same transaction. */
  readonly onIdentity: (hook: IdentityHook) => void;
  /** What a Mac is sent so that it fetches a further identity. */
  readonly renewalProfile: RenewalProfiles;
  /** What else must be cleared when a Mac enrolls anew or leaves, in the same transaction. */
  readonly onReset: (hook: ResetHook) => void;
  /** Told what the Mac says of Setup Assistant, in the same transaction. */
  readonly onAwaiting: (hook: AwaitingHook) => void;
  /** The Mac took `DeviceConfigured`: it waits no longer, whether it says so in a TokenUpdate or not. */
  readonly noteConfigured: (tx: WriteTransaction, deviceId: DeviceId) => Promise<void>;
  /** What else happens when a Mac or a user tells how it can be woken, in the same transaction. */
  readonly onToken: (hook: TokenHook) => void;
  readonly profiles: ProfileBuilder;
  /** Gives an identity to a key that Apple attested; what `acme` ends in. */
  readonly grantAttested: (request: AttestedRequest) => Promise<Grant>;
}
