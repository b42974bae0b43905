export { type AcmeAnswer, AcmeClient, type AcmeFaults, newAccountKey, publicJwk } from "./acme/acme-client.ts";
export {
  type AttestationAuthority,
  type AttestationRequest,
  type AttestedProperties,
  openAttestationAuthority,
} from "./acme/attestation-authority.ts";
export { type AttestKey, attestationObject, enrollByAcme, freshnessOfToken } from "./acme/enroll-by-acme.ts";
export { type ApiClient, type ApiClientOptions, ApiProblem, openApiClient } from "./api/api-client.ts";
export {
  type ApnsReceiver,
  type PushNetwork,
  type ReceivedPush,
  type ScriptedAnswer,
  startApnsReceiver,
} from "./apns/apns-receiver.ts";
export { type FrozenRelay, startFrozenRelay } from "./apns/frozen-relay.ts";
export { openPushAuthority, type PushAuthority, type PushCertificate } from "./apns/push-certificates.ts";
export { createPackageCache, type PackageCache } from "./install/package-cache.ts";
export { type FakeKms, type KmsMood, startFakeKms } from "./kms/fake-kms.ts";
export { authenticate, tokenUpdate } from "./mdm/check-in-messages.ts";
export { type DeviceChannel, openDeviceChannel } from "./mdm/device-channel.ts";
export { fetchEnrollmentProfile, prepareEnrollment } from "./mdm/enroll.ts";
export { readEnrollment } from "./mdm/enrollment-profile.ts";
export type { EnrollmentState, IdentityMode } from "./mdm/enrollment-state.ts";
export { makeIdentityKey } from "./mdm/identity-key.ts";
export { getCa, getCapabilities, operation, prepareScep } from "./mdm/scep-enrollment.ts";
export { changePersonalKey, ESCROWED_KEY_FILE, encryptKey, isRecoveryKey, opensDisk } from "./model/file-vault.ts";
export type { MacModel, User } from "./model/mac-model.ts";
export { makeMacModel } from "./model/make-mac-model.ts";
export { bypassCodeAt } from "./model/management-state.ts";
export { passwordFits, readPasswordHash } from "./model/passwords.ts";
export type { SetupPerson } from "./model/setup-assistant.ts";
export { type DeviceHttp, type DeviceRequest, openDeviceHttp } from "./network/device-http.ts";
export { startTcpProxy, type TcpProxy } from "./network/tcp-proxy.ts";
export type { AppRequest } from "./processes/app-image.ts";
export type { MacProcess, ProcessEnd } from "./processes/mac-process.ts";
export { readProfile } from "./profiles/configuration-profile.ts";
export { Refused } from "./profiles/profile-refused.ts";
export { type AppLaunchOptions, usualLaunches } from "./sim/app-launches.ts";
export type { FleetCounts } from "./sim/fleet-counts.ts";
export { type Fleet, type FleetOptions, startFleet } from "./sim/start-fleet.ts";
export type { Journal, JournalEntry, JournalKind } from "./virtual-mac/journal.ts";
export type { EnrollOptions, VirtualMacOptions } from "./virtual-mac/options.ts";
export { VirtualMac } from "./virtual-mac/virtual-mac.ts";
