export type { AwaitingHook, ResetHook } from "./authenticate.ts";
export {
  type CheckInHandler,
  type CheckInHandlers,
  type CheckInRequest,
  EMPTY,
  type MdmAnswer,
  REFUSED,
} from "./check-in.ts";
export type { EnrollmentFeature, EnrollmentPorts } from "./enrollment-feature.ts";
export {
  peekChallenge,
  readEnrollment,
  readEnrollmentOfDevice,
  readEnrollmentsOfDevices,
} from "./enrollments.sql.ts";
export type { Refusal, Resolution } from "./enrollments.ts";
export type { AttestedRequest, Grant } from "./grant-identity.ts";
export type { GrantMethod } from "./identity-method.ts";
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
export { findUserChannel } from "./user-channels.sql.ts";
