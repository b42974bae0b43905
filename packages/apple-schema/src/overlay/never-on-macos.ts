import type { Correction } from "../correction.ts";

/** What macOS never had, also where a later release should say otherwise by an omission. */
export const NEVER_ON_MACOS: readonly Correction[] = [
  {
    kind: "command",
    name: "ValidateApplications",
    reason: "Only iOS checks provisioning of enterprise apps on demand.",
    os: { introduced: null },
  },
  {
    kind: "command",
    name: "LogOutUser",
    reason: "Only Shared iPad can be told to log its user out; a Mac is locked or restarted.",
    os: { introduced: null },
  },
  {
    kind: "check-in",
    name: "ReturnToService",
    reason: "A check-in message of iOS and visionOS 26; a Mac never sends it, so it is answered 400.",
    entry: { os: { introduced: null } },
  },
  {
    kind: "command",
    name: "EraseDevice",
    reason: "Return to Service is a feature of iOS and visionOS; a Mac does not set itself up again.",
    keys: [{ key: "ReturnToService", type: "dictionary", os: { introduced: null } }],
  },
];
