export { type MovedEnrollment, rivalsOf } from "./adopt-enrollment.ts";
export type { AwaitingHook, IdentityHook, ResetHook } from "./authenticate.ts";
export { peekChallenge } from "./challenges.sql.ts";
export {
  type CheckInHandler,
  type CheckInHandlers,
  type CheckInRequest,
  EMPTY,
  type MdmAnswer,
  REFUSED,
} from "./check-in.ts";
export { type EndingIdentity, readEndingIdentities } from "./ending-identities.sql.ts";
export type { EnrollmentFeature, EnrollmentPorts } from "./enrollment-feature.ts";
export {
  enrollmentSealed,
  readDeviceIdOf,
  readEnrollment,
  readEnrollmentIds,
  readEnrollmentOfDevice,
  readEnrollmentsOfDevices,
} from "./enrollments.sql.ts";
export type { Refusal, Resolution } from "./enrollments.ts";
export type { AttestedRequest, Grant } from "./grant-identity.ts";
export type { GrantMethod } from "./identity-method.ts";
export { MessageMemory, type SignedMessage } from "./message-memory.ts";
export { type Enrollment, EXPIRED_GRACE_MS, hashOfSecret, stableUuid } from "./model.ts";
export type { DoorUrls, MaidKey, MaidKeys, PushTopic } from "./ports.ts";
export { ProfileBuilder } from "./profile-builder.ts";
export {
  countEnrolledOn,
  type NoPushTarget,
  type PushTarget,
  type RefusedToken,
  readPushTarget,
  readRefusedTokens,
} from "./push-targets.sql.ts";
export type { RenewalOffer } from "./renewal-profile.ts";
export type { ReplayVerdict } from "./replay-rule.ts";
export type { TokenHook, TokenTold } from "./token-hooks.ts";
export { findUserChannel } from "./user-channels.sql.ts";
