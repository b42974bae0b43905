import type { Correction } from "../correction.ts";

const reason =
  "Apple deprecated software update through MDM commands and profiles in macOS 26 in favour of declarations, and macOS 27 no longer has it; the release of our table is older.";

/** What macOS 27 took away. */
export const REMOVED_IN_27: readonly Correction[] = [
  ...["AvailableOSUpdates", "OSUpdateStatus", "ScheduleOSUpdate", "ScheduleOSUpdateScan"].map(
    (name): Correction => ({ kind: "command", name, reason, os: { deprecated: "26.0", removed: "27.0" } }),
  ),
  { kind: "profile", name: "com.apple.SoftwareUpdate", reason, os: { deprecated: "26.0", removed: "27.0" } },
];
