import type { UserChannel } from "@pomona/contract";

/** What people call a user of a Mac: `Ana Lopez (ana)`, or what the Mac told. */
export const userName = ({ longName, shortName, user }: UserChannel): string =>
  longName !== null && shortName !== null ? `${longName} (${shortName})` : (longName ?? shortName ?? user);
