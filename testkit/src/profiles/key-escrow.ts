import { PkiError, parseCertificate } from "@pomona/pki";
import { getData, getString } from "@pomona/plist";
import type { FileVaultRecovery } from "../model/mac-model.ts";
import type { ConfigurationProfile } from "./configuration-profile.ts";
import { profileRefused } from "./profile-refused.ts";

const ESCROW_TYPE = "com.apple.security.FDERecoveryKeyEscrow";
/** Payloads that hold one certificate without its key. */
const CERTIFICATE_TYPES: readonly string[] = [
  "com.apple.security.pkcs1",
  "com.apple.security.pem",
  "com.apple.security.root",
];

/**
 * The certificate to which a profile wants the FileVault recovery key encrypted (Apple: FDERecoveryKeyEscrow). Throws `Refused`
 * where the payload names no certificate of the same profile, or one that cannot receive a key.
 */
export function escrowOf(profile: ConfigurationProfile): FileVaultRecovery["escrow"] {
  const payload = profile.payloads.find((candidate) => candidate.type === ESCROW_TYPE);
  if (payload === undefined) return undefined;
  const uuid = getString(payload.content, "EncryptCertPayloadUUID");
  const location = getString(payload.content, "Location");
  if (location === undefined) throw profileRefused("The field “Location” is missing.", 1003);
  const named = profile.payloads.find(
    (candidate) => candidate.uuid === uuid && CERTIFICATE_TYPES.includes(candidate.type),
  );
  const der = named === undefined ? undefined : getData(named.content, "PayloadContent");
  if (der === undefined) throw profileRefused("EncryptCertPayloadUUID names no certificate of this profile.", 1004);
  if (!canReceive(der)) throw profileRefused("The certificate for escrow has no RSA key.", 1004);
  return { profileIdentifier: profile.identifier, certificate: Buffer.from(der).toString("base64"), location };
}

function canReceive(der: Uint8Array): boolean {
  try {
    return parseCertificate(der).keyType === "rsa";
  } catch (error) {
    if (error instanceof PkiError) return false;
    throw error;
  }
}
