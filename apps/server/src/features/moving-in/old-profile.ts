import { PkiError, parseSignedData } from "@pomona/pki";
import {
  getArray,
  getInteger,
  getString,
  isDictionary,
  type PlistDictionary,
  PlistError,
  parsePlist,
} from "@pomona/plist";
import { ALL_RIGHTS, type MdmTerms } from "@pomona/profiles";

/**
 * What the old server's enrollment profile agreed with its Macs. Plain or signed (the signature is not looked at: the operator
 * gives it).
 * @returns the terms, or what is wrong with the file
 */
export function readOldProfile(bytes: Uint8Array): MdmTerms | string {
  const profile = readDictionary(bytes);
  if (profile === undefined) return "this is not a configuration profile";
  const payload = (getArray(profile, "PayloadContent") ?? [])
    .filter(isDictionary)
    .find((each) => getString(each, "PayloadType") === "com.apple.mdm");
  if (payload === undefined) return "this profile has no MDM payload";
  const [identifier, uuid] = [getString(profile, "PayloadIdentifier"), getString(profile, "PayloadUUID")];
  const [mdmIdentifier, mdmUuid] = [getString(payload, "PayloadIdentifier"), getString(payload, "PayloadUUID")];
  const [serverUrl, topic] = [getString(payload, "ServerURL"), getString(payload, "Topic")];
  if (identifier === undefined || uuid === undefined || mdmIdentifier === undefined || mdmUuid === undefined)
    return "the profile or its MDM payload lacks PayloadIdentifier or PayloadUUID";
  if (serverUrl === undefined || topic === undefined) return "the MDM payload lacks ServerURL or Topic";
  return {
    serverUrl,
    // Without one, check-ins go to the ServerURL.
    checkInUrl: getString(payload, "CheckInURL") ?? serverUrl,
    topic,
    accessRights: getInteger(payload, "AccessRights") ?? ALL_RIGHTS,
    capabilities: (getArray(payload, "ServerCapabilities") ?? []).filter((each) => typeof each === "string"),
    installedAs: { identifier, uuid, mdmIdentifier, mdmUuid },
  };
}

function readDictionary(bytes: Uint8Array): PlistDictionary | undefined {
  try {
    const isSigned = bytes[0] === 0x30;
    const content = isSigned ? parseSignedData(bytes).content : bytes;
    const value = content === undefined ? undefined : parsePlist(content);
    return isDictionary(value) ? value : undefined;
  } catch (error) {
    if (error instanceof PlistError || error instanceof PkiError) return undefined;
    throw error;
  }
}
