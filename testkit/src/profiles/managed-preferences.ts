import {
  buildBinaryPlist,
  getArray,
  getDictionary,
  isDictionary,
  type PlistDictionary,
  type PlistValue,
} from "@pomona/plist";
import type { VirtualRoot } from "../virtual-mac/virtual-root.ts";
import type { ConfigurationProfile } from "./configuration-profile.ts";

const FOLDER = "/Library/Managed Preferences";

/**
 * The forced preferences of a profile by domain: a payload of an unknown type is a preference domain of that name, and
 * `com.apple.ManagedClient.preferences` names domains in its content (Apple: ManagedPreferences).
 */
export function forcedPreferences(profile: ConfigurationProfile): Map<string, PlistDictionary> {
  const domains = new Map<string, PlistDictionary>();
  for (const payload of profile.payloads) {
    if (payload.type === "com.apple.ManagedClient.preferences") {
      const content = getDictionary(payload.content, "PayloadContent") ?? {};
      for (const domain of Object.keys(content)) {
        const forced = getArray(getDictionary(content, domain) ?? {}, "Forced") ?? [];
        for (const entry of forced) {
          const settings = isDictionary(entry) ? getDictionary(entry, "mcx_preference_settings") : undefined;
          if (settings !== undefined) domains.set(domain, { ...domains.get(domain), ...settings });
        }
      }
    } else if (!payload.type.startsWith("com.apple.")) {
      const settings = Object.entries(payload.content).filter(([key]) => !key.startsWith("Payload"));
      domains.set(payload.type, Object.fromEntries<PlistValue>(settings));
    }
  }
  return domains;
}

/** Writes them where `cfprefsd` keeps them, as binary property lists, each replaced in one step. */
export async function writeManagedPreferences(
  root: VirtualRoot,
  preferences: Iterable<readonly [string, PlistDictionary]>,
): Promise<void> {
  for (const [domain, settings] of preferences) {
    await root.write(`${FOLDER}/${domain}.plist`, buildBinaryPlist(settings));
  }
}

/** Removes a domain's file. */
export const removeManagedPreferences = (root: VirtualRoot, domain: string): Promise<void> =>
  root.remove(`${FOLDER}/${domain}.plist`);
