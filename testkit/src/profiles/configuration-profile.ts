import { PkiError, parseSignedData, verifySignedData } from "@pomona/pki";
import { nodeCrypto } from "@pomona/pki/node";
import {
  getArray,
  getBoolean,
  getInteger,
  getString,
  isDictionary,
  type PlistDictionary,
  parsePlist,
} from "@pomona/plist";
import { profileRefused } from "./profile-refused.ts";

/** A parsed mobileconfig (Apple: TopLevel and CommonPayloadKeys). */
export interface ConfigurationProfile {
  readonly identifier: string;
  readonly uuid: string;
  readonly version: number;
  readonly displayName: string | undefined;
  readonly organization: string | undefined;
  readonly description: string | undefined;
  readonly removalDisallowed: boolean;
  readonly payloads: readonly ProfilePayload[];
  /** DER of the certificate that signed it, then those sent along; empty when unsigned. */
  readonly signers: readonly Uint8Array[];
}

export interface ProfilePayload {
  readonly type: string;
  readonly identifier: string;
  readonly uuid: string;
  readonly version: number;
  readonly displayName: string | undefined;
  readonly content: PlistDictionary;
}

/** Reads a profile, signed or not. Throws `Refused` with macOS's words for one that it would not install. */
export function readProfile(bytes: Uint8Array): ConfigurationProfile {
  const { plist, signers } = unwrap(bytes);
  let top: unknown;
  try {
    top = parsePlist(plist, { maxDepth: 32 });
  } catch (cause) {
    throw Object.assign(profileRefused("The profile is not a property list.", 1000), { cause });
  }
  if (!isDictionary(top) || getString(top, "PayloadType") !== "Configuration") {
    throw profileRefused("The profile is not a configuration profile.", 1003);
  }
  const common = readCommon(top, "profile");
  const content = getArray(top, "PayloadContent");
  if (content === undefined) throw profileRefused("The field “PayloadContent” is missing.", 1003);
  const payloads = content.map((entry, index) => {
    if (!isDictionary(entry)) throw profileRefused(`Payload ${index} is not a dictionary.`, 1004);
    return { ...readCommon(entry, `payload ${index}`), content: entry };
  });
  const uuids = new Set([common.uuid, ...payloads.map((payload) => payload.uuid)]);
  if (uuids.size !== payloads.length + 1) throw profileRefused("Two payloads have the same PayloadUUID.", 1005);
  return {
    ...common,
    organization: getString(top, "PayloadOrganization"),
    description: getString(top, "PayloadDescription"),
    removalDisallowed: getBoolean(top, "PayloadRemovalDisallowed") ?? false,
    payloads,
    signers,
  };
}

function readCommon(dictionary: PlistDictionary, where: string) {
  const type = getString(dictionary, "PayloadType");
  const identifier = getString(dictionary, "PayloadIdentifier");
  const uuid = getString(dictionary, "PayloadUUID");
  const version = getInteger(dictionary, "PayloadVersion");
  for (const [field, value] of Object.entries({
    PayloadType: type,
    PayloadIdentifier: identifier,
    PayloadUUID: uuid,
  })) {
    if (value === undefined || value === "")
      throw profileRefused(`The field “${field}” of the ${where} is missing.`, 1003);
  }
  if (version !== 1) throw profileRefused(`The field “PayloadVersion” of the ${where} is not 1.`, 1003);
  return {
    type: type ?? "",
    identifier: identifier ?? "",
    uuid: uuid ?? "",
    version,
    displayName: getString(dictionary, "PayloadDisplayName"),
  };
}

function unwrap(bytes: Uint8Array): { plist: Uint8Array; signers: Uint8Array[] } {
  // A DER SEQUENCE starts with 0x30; neither plist format does.
  if (bytes[0] !== 0x30) return { plist: bytes, signers: [] };
  try {
    const signed = parseSignedData(bytes);
    const verdict = verifySignedData(nodeCrypto(), signed);
    if (!verdict.ok) throw profileRefused("The profile’s signature is not valid.", 1002);
    const others = signed.certificates.filter((der) => !Buffer.from(der).equals(verdict.signerCertificate));
    return { plist: verdict.content, signers: [verdict.signerCertificate, ...others] };
  } catch (cause) {
    if (cause instanceof PkiError)
      throw Object.assign(profileRefused("The profile’s signature cannot be read.", 1002), { cause });
    throw cause;
  }
}
