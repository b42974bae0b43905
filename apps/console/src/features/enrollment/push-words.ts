import type { PushState } from "@pomona/contract";
import type { Tone } from "../../kit/state-badge.tsx";

const WORDS: Readonly<Record<string, readonly [word: string, tone: Tone, text: string]>> = {
  ready: ["Valid", "good", "Macs can be woken. Renew the certificate before it expires, with the same Apple Account."],
  missing: [
    "Missing",
    "attention",
    "Without a push certificate from Apple, Macs cannot enroll and are not woken for commands.",
  ],
  expired: [
    "Expired",
    "act",
    "Macs are no longer woken. Renew it at Apple with the same Apple Account: a new one would force every Mac to enroll again.",
  ],
  refused: [
    "Refused",
    "act",
    "Apple no longer takes this certificate. It was probably revoked: renew it with the same Apple Account.",
  ],
  unreachable: [
    "Unreachable",
    "act",
    "Apple's push service cannot be reached from this server. Macs are woken again as soon as it can.",
  ],
};

const SOON_MS = 30 * 86_400_000;

/** How push stands, in words. `now` is in ms. */
export const pushWord = (
  push: Pick<PushState, "state" | "expiresAt">,
  now: number,
): { word: string; tone: Tone; text: string } => {
  const [word, tone, text] =
    WORDS[push.state] ?? ([push.state, "unknown", "This server knows more than this page: reload it."] as const);
  if (push.state === "ready" && push.expiresAt !== null && Date.parse(push.expiresAt) - now < SOON_MS)
    return {
      word: "Expires soon",
      tone: "attention",
      text: "Renew it at Apple with the same Apple Account before it expires: after that no Mac can be woken.",
    };
  return { word, tone, text };
};
