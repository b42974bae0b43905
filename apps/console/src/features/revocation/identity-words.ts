import { type InputOf, type IssuedIdentity, revokeCertificate } from "@pomona/contract";
import type { Tone } from "../../kit/state-badge.tsx";

export type RevocationReason = InputOf<typeof revokeCertificate>["reason"];

const ROLES: Readonly<Record<string, string>> = {
  mdm: "Apple's MDM client",
  agent: "Pomona's agent",
  edge: "an edge node",
};

/** Whose certificate it is. */
export const roleWord = (role: string): string => ROLES[role] ?? role;

/** Why a certificate was revoked or is to be; RFC 5280 gives the names. */
export const REASONS: readonly { readonly value: RevocationReason; readonly label: string }[] = [
  { value: "keyCompromise", label: "Its key may be in other hands" },
  { value: "cessationOfOperation", label: "The Mac is no longer used" },
  { value: "affiliationChanged", label: "The Mac belongs to somebody else" },
  { value: "superseded", label: "Another certificate took its place" },
  { value: "unspecified", label: "Another reason" },
];

export const reasonWord = (reason: string | null): string =>
  REASONS.find(({ value }) => value === reason)?.label ?? reason ?? "No reason was given";

const SOON_MS = 30 * 86_400_000;

/** Whether a certificate still counts. `now` is in ms. */
export const identityWord = (
  { revokedAt, reason, notAfter }: Pick<IssuedIdentity, "revokedAt" | "reason" | "notAfter">,
  now: number,
): { word: string; tone: Tone; why: string | null } => {
  if (revokedAt !== null) return { word: "Revoked", tone: "unknown", why: reasonWord(reason) };
  const end = Date.parse(notAfter);
  if (end <= now) return { word: "Expired", tone: "unknown", why: "Its time is over" };
  if (end - now < SOON_MS) return { word: "Ends soon", tone: "attention", why: "It ends within 30 days" };
  return { word: "Valid", tone: "good", why: null };
};

/** What it means for the Mac that this certificate is refused. */
export const revokeConsequence = (role: string): readonly string[] => [
  ...(role === "agent"
    ? [
        "The agent is cut off at once, and is refused when it comes back: no orders, no terminal, no live presence. Block rules that it holds stay in force on the Mac.",
        "MDM goes on. The agent returns when Pomona installs it again, which brings it a new certificate.",
      ]
    : role === "mdm"
      ? [
          "Apple's MDM client can no longer talk to this server: no commands, no profiles, no escrow. What is installed on the Mac stays there.",
          "Only a person at the Mac can bring it back: it has to be enrolled anew with an enrollment link.",
        ]
      : ["Whatever shows this certificate is refused here at once."]),
  "RADIUS servers and VPNs that check the list or ask the responder refuse it too, within a quarter of an hour to twelve hours.",
];
