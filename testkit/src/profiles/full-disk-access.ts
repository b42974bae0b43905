import { getArray, getBoolean, getDictionary, getString, isDictionary, type PlistDictionary } from "@pomona/plist";
import { profileRefused } from "./profile-refused.ts";

export const PPPC_TYPE = "com.apple.TCC.configuration-profile-policy";

/**
 * The identifiers to which a PPPC payload grants Full Disk Access (Apple: PrivacyPreferencesPolicyControl). Throws `Refused` where
 * macOS does: an entry without code requirement, both `Allowed` and `Authorization`, or neither.
 */
export function fullDiskAccessOf(payload: PlistDictionary): string[] {
  const services = getDictionary(payload, "Services");
  if (services === undefined) throw profileRefused("The field “Services” is missing.", 1003);
  const granted: string[] = [];
  for (const service of Object.keys(services)) {
    for (const entry of getArray(services, service) ?? []) {
      if (!isDictionary(entry)) throw profileRefused(`An entry of “${service}” is not a dictionary.`, 1004);
      const identifier = checkEntry(entry, service);
      const allows = getBoolean(entry, "Allowed") === true || getString(entry, "Authorization") === "Allow";
      if (service === "SystemPolicyAllFiles" && allows) granted.push(identifier);
    }
  }
  return granted;
}

function checkEntry(entry: PlistDictionary, service: string): string {
  const identifier = getString(entry, "Identifier");
  const type = getString(entry, "IdentifierType");
  if (identifier === undefined || (type !== "bundleID" && type !== "path")) {
    throw profileRefused(`An entry of “${service}” has no Identifier or IdentifierType.`, 1003);
  }
  if ((getString(entry, "CodeRequirement") ?? "") === "") {
    throw profileRefused(`The entry “${identifier}” of “${service}” has no CodeRequirement.`, 1003);
  }
  const answers = ["Allowed", "Authorization"].filter((key) => Object.hasOwn(entry, key));
  if (answers.length !== 1)
    throw profileRefused(`The entry “${identifier}” must have Allowed or Authorization, not both.`, 1004);
  return identifier;
}
