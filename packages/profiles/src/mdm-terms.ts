/** What an MDM payload agrees with a Mac, and what an update of it has to keep (Apple: MDM payload). */
export interface MdmTerms {
  readonly serverUrl: string;
  readonly checkInUrl: string;
  /** Subject UID of the push certificate, `com.apple.mgmt...`. */
  readonly topic: string;
  /** The sum of the rights; 8191 is all of them. */
  readonly accessRights: number;
  readonly capabilities: readonly string[];
  /**
   * The names under which another server installed the profile, where one did: only a profile of the same identifier is an
   * update of it, any other would be a second MDM profile, which a Mac refuses.
   */
  readonly installedAs?: {
    readonly identifier: string;
    readonly uuid: string;
    readonly mdmIdentifier: string;
    readonly mdmUuid: string;
  };
}

/** All rights. An update of the payload may never add one: the Mac would refuse it. */
export const ALL_RIGHTS = 8191;
const PER_USER = "com.apple.mdm.per-user-connections";
export const CAPABILITIES: readonly string[] = [PER_USER, "com.apple.mdm.bootstraptoken", "com.apple.mdm.token"];

/** An update that a Mac would reject, found before it is sent. `code` is `profile.changed-terms`. */
export class ChangedTerms extends Error {
  override readonly name = "ChangedTerms";
  readonly code = "profile.changed-terms";
}

/**
 * Refuses an update of the MDM payload that a Mac would reject: another Topic, ServerURL or CheckInURL, a right more, or
 * other per-user connections. @throws ChangedTerms that says which
 */
export function refuseChangedTerms(before: MdmTerms, after: MdmTerms): void {
  const changed: string[] = [];
  if (before.topic !== after.topic) changed.push("Topic");
  if (before.serverUrl !== after.serverUrl) changed.push("ServerURL");
  if (before.checkInUrl !== after.checkInUrl) changed.push("CheckInURL");
  if ((after.accessRights & ~before.accessRights) !== 0) changed.push("AccessRights");
  if (before.capabilities.includes(PER_USER) !== after.capabilities.includes(PER_USER)) changed.push(PER_USER);
  if (changed.length > 0)
    throw new ChangedTerms(
      `An update of the MDM payload must not change ${changed.join(", ")}: the Mac would reject it.`,
    );
}
