import type { Payload, PayloadIdentity } from "./profile.ts";

/** A program that a privacy right is given to. */
export interface PrivacyGrant {
  /** What the right is tied to: a bundle by its identifier, or a plain executable by its path. */
  readonly identity: { readonly bundleId: string } | { readonly path: string };
  /** Designated requirement as `codesign -d -r-` prints it; without the right one macOS ignores the grant. */
  readonly codeRequirement: string;
}

/**
 * Privacy Preferences Policy Control: Full Disk Access (`SystemPolicyAllFiles`) for the given programs. macOS takes it
 * only from an MDM server that a user approved.
 */
export function fullDiskAccessPayload(identity: PayloadIdentity, grants: readonly PrivacyGrant[]): Payload {
  return {
    ...identity,
    type: "com.apple.TCC.configuration-profile-policy",
    content: {
      Services: {
        SystemPolicyAllFiles: grants.map((grant) => ({
          Identifier: "path" in grant.identity ? grant.identity.path : grant.identity.bundleId,
          IdentifierType: "path" in grant.identity ? "path" : "bundleID",
          CodeRequirement: grant.codeRequirement,
          StaticCode: false,
          Authorization: "Allow",
        })),
      },
    },
  };
}
