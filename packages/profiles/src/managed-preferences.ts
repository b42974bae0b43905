import type { PlistDictionary } from "@pomona/plist";
import type { Payload, PayloadIdentity } from "./profile.ts";

/**
 * Forced preferences of one domain: macOS writes the keys to `/Library/Managed Preferences/<domain>.plist`. The payload's
 * type is the domain itself, which macOS accepts for any domain and which keeps the profile readable.
 */
export const managedPreferencesPayload = (
  identity: PayloadIdentity,
  domain: string,
  settings: PlistDictionary,
): Payload => ({ ...identity, type: domain, content: settings });
