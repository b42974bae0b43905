import {
  getArray,
  getBoolean,
  getData,
  getDictionary,
  getInteger,
  getString,
  isDictionary,
  type PlistDictionary,
} from "@pomona/plist";
import type { ConfigurationProfile, ProfilePayload } from "../profiles/configuration-profile.ts";
import { profileRefused } from "../profiles/profile-refused.ts";

/** The `com.apple.mdm` payload (Apple: MDM). */
export interface MdmPayload {
  readonly identifier: string;
  readonly serverUrl: string;
  /** The same as `serverUrl` when the payload has no CheckInURL. */
  readonly checkInUrl: string;
  readonly topic: string;
  readonly identityCertificateUuid: string;
  readonly signMessage: boolean;
  readonly checkOutWhenRemoved: boolean;
  readonly accessRights: number;
  readonly capabilities: readonly string[];
}

/** The `com.apple.security.scep` payload (Apple: SCEP). */
export interface ScepPayload {
  readonly uuid: string;
  readonly url: string;
  readonly name: string | undefined;
  readonly challenge: string | undefined;
  readonly keySize: number;
  /** Attribute type and value, in order. */
  readonly subject: readonly (readonly [string, string])[];
  readonly sanDns: readonly string[];
  readonly sanUri: readonly string[];
  readonly caFingerprint: Uint8Array | undefined;
  readonly retries: number;
  readonly retryDelaySeconds: number;
}

/** The `com.apple.security.acme` payload (Apple: ACMECertificate). */
export interface AcmePayload {
  readonly uuid: string;
  readonly directoryUrl: string;
  readonly clientIdentifier: string;
  readonly keySize: number;
  readonly attest: boolean;
  readonly subject: readonly (readonly [string, string])[];
}

/** Which of the two brings the identity. */
export type IdentityPayload =
  | { readonly method: "scep"; readonly scep: ScepPayload }
  | { readonly method: "acme"; readonly acme: AcmePayload };

/** What a Mac needs out of an enrollment profile. Throws `Refused` when it would not enroll. */
export function readEnrollment(profile: ConfigurationProfile): {
  mdm: MdmPayload;
  identity: IdentityPayload;
  roots: Uint8Array[];
} {
  const mdm = readMdm(onlyPayload(profile, "com.apple.mdm"));
  const isAcme = profile.payloads.some((payload) => payload.type === "com.apple.security.acme");
  const identity: IdentityPayload = isAcme
    ? { method: "acme", acme: readAcme(onlyPayload(profile, "com.apple.security.acme")) }
    : { method: "scep", scep: readScep(onlyPayload(profile, "com.apple.security.scep")) };
  const { uuid } = identity.method === "acme" ? identity.acme : identity.scep;
  if (mdm.identityCertificateUuid !== uuid) {
    throw profileRefused("IdentityCertificateUUID names no identity payload of this profile.", 1004);
  }
  return { mdm, identity, roots: rootsOf(profile) };
}

/** DER of the roots that a profile brings (Apple: CertificateRoot). */
export function rootsOf(profile: ConfigurationProfile): Uint8Array[] {
  return profile.payloads
    .filter((payload) => payload.type === "com.apple.security.root" || payload.type === "com.apple.security.pem")
    .map((payload) => {
      const der = getData(payload.content, "PayloadContent");
      if (der === undefined) throw profileRefused("A certificate payload has no PayloadContent.", 1003);
      return der;
    });
}

function onlyPayload(profile: ConfigurationProfile, type: string): ProfilePayload {
  const found = profile.payloads.filter((payload) => payload.type === type);
  if (found.length !== 1 || found[0] === undefined)
    throw profileRefused(`The profile must have one payload ${type}.`, 1004);
  return found[0];
}

function required(dictionary: PlistDictionary, key: string): string {
  const value = getString(dictionary, key);
  if (value === undefined || value === "") throw profileRefused(`The field “${key}” is missing.`, 1003);
  return value;
}

function readMdm(payload: ProfilePayload): MdmPayload {
  const { content } = payload;
  const serverUrl = required(content, "ServerURL");
  const checkInUrl = getString(content, "CheckInURL") ?? serverUrl;
  const topic = required(content, "Topic");
  const capabilities = (getArray(content, "ServerCapabilities") ?? []).filter((entry) => typeof entry === "string");
  const accessRights = getInteger(content, "AccessRights") ?? 0;
  for (const url of [serverUrl, checkInUrl]) {
    if (!url.startsWith("https://")) throw profileRefused("MDM URLs must begin with https://.", 1004);
  }
  if (!topic.startsWith("com.apple.mgmt.")) throw profileRefused("The Topic must begin with com.apple.mgmt.", 1004);
  if (!capabilities.includes("com.apple.mdm.per-user-connections")) {
    throw profileRefused("ServerCapabilities must have com.apple.mdm.per-user-connections on a Mac.", 1004);
  }
  if (accessRights < 1 || accessRights > 8191) throw profileRefused("AccessRights must be between 1 and 8191.", 1004);
  return {
    identifier: payload.identifier,
    serverUrl,
    checkInUrl,
    topic,
    identityCertificateUuid: required(content, "IdentityCertificateUUID"),
    signMessage: getBoolean(content, "SignMessage") ?? false,
    checkOutWhenRemoved: getBoolean(content, "CheckOutWhenRemoved") ?? false,
    accessRights,
    capabilities,
  };
}

function readAcme(payload: ProfilePayload): AcmePayload {
  const { content } = payload;
  const keyType = required(content, "KeyType");
  const keySize = getInteger(content, "KeySize") ?? 0;
  const isHardwareBound = getBoolean(content, "HardwareBound") ?? false;
  const attest = getBoolean(content, "Attest") ?? false;
  if (keyType !== "ECSECPrimeRandom" || (keySize !== 256 && keySize !== 384))
    throw profileRefused("Keys in the Secure Enclave are ECSECPrimeRandom of 256 or 384 bits.", 1004);
  if (attest && !isHardwareBound) throw profileRefused("Attest needs HardwareBound.", 1004);
  return {
    uuid: payload.uuid,
    directoryUrl: required(content, "DirectoryURL"),
    clientIdentifier: required(content, "ClientIdentifier"),
    keySize,
    attest,
    subject: readSubject(content),
  };
}

function readScep(payload: ProfilePayload): ScepPayload {
  const content = getDictionary(payload.content, "PayloadContent");
  if (content === undefined) throw profileRefused("The SCEP payload has no PayloadContent.", 1003);
  const keyType = getString(content, "Key Type") ?? "RSA";
  if (keyType !== "RSA") throw profileRefused(`SCEP keys are RSA, not ${keyType}.`, 1004);
  const names = getDictionary(content, "SubjectAltName") ?? {};
  return {
    uuid: payload.uuid,
    url: required(content, "URL"),
    name: getString(content, "Name"),
    challenge: getString(content, "Challenge"),
    keySize: getInteger(content, "Keysize") ?? 1024,
    subject: readSubject(content),
    sanDns: textOrList(names, "dNSName"),
    sanUri: textOrList(names, "uniformResourceIdentifier"),
    caFingerprint: getData(content, "CAFingerprint"),
    retries: getInteger(content, "Retries") ?? 3,
    retryDelaySeconds: getInteger(content, "RetryDelay") ?? 10,
  };
}

/** `[[["O", "Acme"]], [["CN", "name"]]]`: an array of RDNs, each an array of pairs. */
function readSubject(content: PlistDictionary): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (const rdn of getArray(content, "Subject") ?? []) {
    for (const pair of Array.isArray(rdn) ? rdn : []) {
      const [type, value] = Array.isArray(pair) ? pair : [];
      if (typeof type !== "string" || typeof value !== "string")
        throw profileRefused("The SCEP Subject is malformed.", 1004);
      pairs.push([type, value]);
    }
  }
  return pairs;
}

function textOrList(dictionary: PlistDictionary, key: string): string[] {
  const value = isDictionary(dictionary) ? dictionary[key] : undefined;
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}
