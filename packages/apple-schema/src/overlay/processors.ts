import type { Correction } from "../correction.ts";

/** Which processors a command works on: Apple's tables do not say it. */
export const PROCESSORS: readonly Correction[] = [
  ...["SetFirmwarePassword", "VerifyFirmwarePassword"].map(
    (name): Correction => ({
      kind: "command",
      name,
      reason: "Apple silicon has no firmware password; it has a recovery lock.",
      os: { chip: "intel" },
    }),
  ),
  ...["SetRecoveryLock", "VerifyRecoveryLock"].map(
    (name): Correction => ({
      kind: "command",
      name,
      reason: "A recovery lock is a feature of Apple silicon; Macs with Intel processors have a firmware password.",
      os: { chip: "apple" },
    }),
  ),
];
