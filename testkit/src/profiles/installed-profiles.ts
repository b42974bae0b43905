import { nameValue, PkiError, parseCertificate } from "@pomona/pki";
import { getArray, getString, isDictionary } from "@pomona/plist";
import { rootsOf } from "../mdm/enrollment-profile.ts";
import type { InstalledCertificate, InstalledProfile, MacModel } from "../model/mac-model.ts";
import type { ConfigurationProfile } from "./configuration-profile.ts";
import { fullDiskAccessOf, PPPC_TYPE } from "./full-disk-access.ts";
import { escrowOf } from "./key-escrow.ts";
import { profileRefused } from "./profile-refused.ts";

/** Whether macOS would take these payloads. Throws `Refused`. */
export function checkPayloads(profile: ConfigurationProfile, source: "MDM" | "Manual"): void {
  for (const payload of profile.payloads) {
    if (payload.type === PPPC_TYPE) {
      if (source !== "MDM")
        throw profileRefused("The profile must originate from a user-approved MDM server.", 101, "CPProfileManager");
      fullDiskAccessOf(payload.content);
    }
    if (payload.type === "com.apple.servicemanagement") checkServiceManagement(getArray(payload.content, "Rules"));
  }
  if (source === "MDM") escrowOf(profile);
  for (const der of rootsOf(profile)) commonNameOf(der);
}

/** Apple: ServiceManagementManagedLoginItems. */
function checkServiceManagement(rules: ReturnType<typeof getArray>): void {
  const types = ["BundleIdentifier", "BundleIdentifierPrefix", "Label", "LabelPrefix", "TeamIdentifier"];
  if (rules === undefined || rules.length === 0) throw profileRefused("The field “Rules” is missing.", 1003);
  for (const rule of rules) {
    if (
      !isDictionary(rule) ||
      !types.includes(getString(rule, "RuleType") ?? "") ||
      getString(rule, "RuleValue") === undefined
    ) {
      throw profileRefused("A rule needs RuleType and RuleValue.", 1003);
    }
  }
}

/** Puts a profile into the model, in place of the one with the same identifier. */
export function recordProfile(
  mac: MacModel,
  profile: ConfigurationProfile,
  source: "MDM" | "Manual",
  identity?: Uint8Array,
): void {
  forgetProfile(mac, profile.identifier);
  const installed: InstalledProfile = {
    identifier: profile.identifier,
    uuid: profile.uuid,
    version: profile.version,
    displayName: profile.displayName,
    organization: profile.organization,
    description: profile.description,
    removalDisallowed: profile.removalDisallowed,
    isManaged: source === "MDM",
    source,
    signers: profile.signers.map((der) => Buffer.from(der).toString("base64")),
    payloads: profile.payloads.map(({ type, identifier, uuid, version, displayName }) => ({
      type,
      identifier,
      uuid,
      version,
      displayName,
    })),
    fullDiskAccess: profile.payloads
      .filter((payload) => payload.type === PPPC_TYPE)
      .flatMap((payload) => fullDiskAccessOf(payload.content)),
    installedAt: Date.now(),
  };
  mac.profiles.push(installed);
  for (const der of rootsOf(profile)) mac.certificates.push(certificate(der, false, profile.identifier));
  const escrow = escrowOf(profile);
  if (escrow !== undefined) mac.recovery.escrow = escrow;
  if (identity !== undefined) mac.certificates.push(certificate(identity, true, profile.identifier));
}

/** Takes a profile and its certificates out of the model. */
export function forgetProfile(mac: MacModel, identifier: string): void {
  mac.profiles = mac.profiles.filter((profile) => profile.identifier !== identifier);
  mac.certificates = mac.certificates.filter((entry) => entry.profileIdentifier !== identifier);
  if (mac.recovery.escrow?.profileIdentifier === identifier) mac.recovery.escrow = undefined;
}

function certificate(der: Uint8Array, isIdentity: boolean, profileIdentifier: string): InstalledCertificate {
  return { commonName: commonNameOf(der), der: Buffer.from(der).toString("base64"), isIdentity, profileIdentifier };
}

function commonNameOf(der: Uint8Array): string {
  try {
    const { subject } = parseCertificate(der);
    return nameValue(subject, "CN") ?? subject.text;
  } catch (cause) {
    if (cause instanceof PkiError)
      throw Object.assign(profileRefused("A certificate payload holds no certificate.", 1004), { cause });
    throw cause;
  }
}
