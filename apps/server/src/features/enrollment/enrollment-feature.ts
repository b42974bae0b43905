import type { DeviceId } from "@pomona/facts";
import type { Authenticate, EnrollmentIdentifier } from "@pomona/mdm";
import type { Feature } from "../../kernel/feature.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import type { Authority, KnownCertificate } from "../tenants/index.ts";
import type { AwaitingHook, ResetHook } from "./authenticate.ts";
import type { CheckInHandlers, MdmAnswer } from "./check-in.ts";
import type { Resolution } from "./enrollments.ts";
import type { AttestedRequest, Grant } from "./grant-identity.ts";
import type { DoorUrls, MaidKeys, PushTopic } from "./ports.ts";
import type { ProfileBuilder } from "./profile-builder.ts";
import type { PushTarget } from "./push-targets.sql.ts";
import type { Refusals } from "./refusals.ts";

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
  readonly authenticate: (message: Authenticate, certificate: KnownCertificate) => Promise<MdmAnswer>;
  readonly checkIns: CheckInHandlers;
  /** Whose message this is: certificate and claimed identifier must belong to one live enrollment. */
  readonly resolve: (certificate: KnownCertificate, from: EnrollmentIdentifier) => Promise<Resolution>;
  readonly refusals: Refusals;
  /** Apple refused this token: no push until the Mac sends another. False when it has meanwhile. */
  readonly stopPushes: (tx: WriteTransaction, target: PushTarget) => Promise<boolean>;
  /** What else must be cleared when a Mac enrolls anew or leaves, in the same transaction. */
  readonly onReset: (hook: ResetHook) => void;
  /** Told what the Mac says of Setup Assistant, in the same transaction. */
  readonly onAwaiting: (hook: AwaitingHook) => void;
  /** The Mac took `DeviceConfigured`: it waits no longer, whether it says so in a TokenUpdate or not. */
  readonly noteConfigured: (tx: WriteTransaction, deviceId: DeviceId) => Promise<void>;
  readonly profiles: ProfileBuilder;
  /** Gives an identity to a key that Apple attested; what `acme` ends in. */
  readonly grantAttested: (request: AttestedRequest) => Promise<Grant>;
}
