import type { Correction } from "../correction.ts";
import type { OsFacts } from "../model.ts";

const loggingReason =
  "New in Apple's release for macOS 27: a person at the Mac has to consent, so only a user's channel has it.";
const loggingOs: OsFacts = {
  introduced: "27.0",
  deviceChannel: false,
  userChannel: true,
  supervised: true,
  requiresDep: false,
  userEnrollment: "forbidden",
};

/** What macOS got after the release of our table. */
export const ADDED_SINCE: readonly Correction[] = [
  {
    kind: "command",
    name: "TriggerEnhancedLogCollection",
    reason: loggingReason,
    entry: { os: loggingOs, keys: [{ key: "AppleCareToken", type: "string", required: true }] },
  },
  { kind: "command", name: "CancelEnhancedLogCollection", reason: loggingReason, entry: { os: loggingOs } },
  {
    kind: "error",
    name: "com.apple.psso.required",
    reason: "New in macOS 26: a Mac in Setup Assistant is told to sign in with Platform SSO before it enrolls.",
    entry: {
      os: { introduced: "26.0" },
      keys: [
        { key: "code", type: "string", required: true, values: ["com.apple.psso.required"] },
        { key: "description", type: "string" },
        { key: "message", type: "string" },
        {
          key: "details",
          type: "dictionary",
          required: true,
          keys: [
            { key: "ProfileURL", type: "string", required: true },
            {
              key: "Package",
              type: "dictionary",
              required: true,
              keys: [
                { key: "ManifestURL", type: "string", required: true },
                { key: "PinningCerts", type: "array", items: [{ key: "PinningCertsItem", type: "data" }] },
                { key: "PinningRevocationCheckRequired", type: "boolean", default: false },
              ],
            },
            { key: "AuthURL", type: "string", required: true },
          ],
        },
      ],
    },
  },
];
