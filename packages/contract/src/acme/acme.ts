import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, Id, nullable, Time } from "../shapes.ts";

/** What Apple vouched for about a Mac, at one moment. null: Apple did not say. */
export const Attestation = closed({
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

export const showAttestation = defineAction({
  name: "acme.show-attestation",
  summary: "Show what Apple attested of a Mac",
  method: "GET",
  path: "/devices/{deviceId}/attestation",
  risk: "read",
  input: closed({ deviceId: Id }),
  /** Null when Apple attested nothing of it. */
  output: closed({ attestation: nullable(Attestation) }),
  auditable: [],
});
