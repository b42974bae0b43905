import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, Id, nullable, oneOf, Time } from "../shapes.ts";

/** What Apple vouched for about a Mac, at one moment. null: Apple did not say. */
export const Attestation = closed({
  /** How it came: with an identity by ACME, or as the answer to DeviceInformation with a nonce. */
  by: oneOf("acme", "DeviceInformation"),
  attestedAt: Time,
  serialNumber: Type.String(),
  /** On a Mac this is not the UDID of MDM. */
  provisioningUdid: nullable(Type.String()),
  softwareUpdateDeviceId: nullable(Type.String()),
  osVersion: nullable(Type.String()),
  sepOsVersion: nullable(Type.String()),
  llbVersion: nullable(Type.String()),
  systemIntegrityProtection: nullable(Type.Boolean()),
  /** In Apple's words, such as `Full Security`. */
  secureBoot: nullable(Type.String()),
  thirdPartyKextsAllowed: nullable(Type.Boolean()),
});
export type Attestation = Static<typeof Attestation>;

/** Why the newest answer to DeviceInformation with DevicePropertiesAttestation proves nothing. */
export const AttestationRefusal = closed({
  refusedAt: Time,
  /** `not-given`: the Mac gave none. `stale`: made for another nonce. `unknown-mac`: its serial number is not known here. */
  reason: oneOf(
    "not-given",
    "no-nonce",
    "unknown-mac",
    "another-mac",
    "no-roots",
    "no-chain",
    "too-long",
    "unreadable-certificate",
    "untrusted",
    "expired",
    "leaf-is-ca",
    "no-freshness",
    "stale",
    "no-serial-number",
  ),
});
export type AttestationRefusal = Static<typeof AttestationRefusal>;

export const showAttestation = defineAction({
  name: "acme.show-attestation",
  summary: "Show what Apple attested of a Mac",
  method: "GET",
  path: "/devices/{deviceId}/attestation",
  risk: "read",
  input: closed({ deviceId: Id }),
  /** `attestation` is null when Apple attested nothing of it, `refused` when the newest answer held or none was asked for. */
  output: closed({ attestation: nullable(Attestation), refused: nullable(AttestationRefusal) }),
  auditable: [],
});
