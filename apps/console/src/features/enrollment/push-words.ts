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

const DAY_MS = 86_400_000;
/** Of these days before its end is warned; in the last of them it is red. */
const SOON_DAYS = 60;
const LAST_DAYS = 7;

/** How push stands, in words. `now` is in ms. */
export const pushWord = (
  push: Pick<PushState, "state" | "expiresAt">,
  now: number,
): { word: string; tone: Tone; text: string } => {
  const [word, tone, text] =
    WORDS[push.state] ?? ([push.state, "unknown", "This server knows more than this page: reload it."] as const);
  const left = push.expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(push.expiresAt) - now;
  if (push.state !== "ready" || left >= SOON_DAYS * DAY_MS) return { word, tone, text };
  const days = Math.max(0, Math.floor(left / DAY_MS));
  return {
    word: days === 0 ? "Expires today" : days === 1 ? "Expires in 1 day" : `Expires in ${days} days`,
    tone: left < LAST_DAYS * DAY_MS ? "act" : "attention",
    text: "Renew it at Apple with the same Apple Account before it expires: after that no Mac can be woken.",
  };
};
