import { buildXmlPlist, type PlistDictionary } from "@pomona/plist";

/** The fields that every payload has. `uuid` is handed in: the same content must give the same profile. */
export interface PayloadIdentity {
  /** Reverse domain style, unique within the profile. */
  readonly identifier: string;
  /** Upper-case UUID. Apple's client takes a profile with the same identifier and another UUID for a new version. */
  readonly uuid: string;
  readonly displayName: string;
}

/** One payload: its type, its identity, and the keys that are its own. */
export interface Payload extends PayloadIdentity {
  readonly type: string;
  readonly content: PlistDictionary;
}

export interface Profile extends PayloadIdentity {
  readonly organization: string;
  readonly description: string;
  readonly payloads: readonly Payload[];
  /** A person at the Mac cannot remove it; needs supervision to hold. */
  readonly isRemovalDisallowed?: boolean;
}

/** A profile as an unsigned mobileconfig (XML plist, sorted keys): the same profile gives the same bytes. */
export function buildMobileconfig(profile: Profile): Uint8Array {
  return buildXmlPlist(
    {
      ...identityKeys(profile, "Configuration"),
      PayloadOrganization: profile.organization,
      PayloadDescription: profile.description,
      PayloadScope: "System",
      PayloadRemovalDisallowed: profile.isRemovalDisallowed ?? false,
      PayloadContent: profile.payloads.map((payload) => ({
        ...payload.content,
        ...identityKeys(payload, payload.type),
      })),
    },
    { sortKeys: true },
  );
}

const identityKeys = (identity: PayloadIdentity, type: string): PlistDictionary => ({
  PayloadType: type,
  PayloadVersion: 1,
  PayloadIdentifier: identity.identifier,
  PayloadUUID: identity.uuid,
  PayloadDisplayName: identity.displayName,
});
