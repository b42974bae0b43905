import type { EnrollmentRefusal, RefusalReason } from "@pomona/contract";

/** What was refused, in words; the reasons are the server's. */
const WORDS: Readonly<Record<RefusalReason, string>> = {
  replay: "A recorded message was played back",
  expired: "Its identity has expired",
  revoked: "Its certificate is revoked",
  "not-enrolled": "It is not enrolled",
  "wrong-identifier": "It gave another Mac's identifier",
  "superseded-certificate": "A newer certificate took the place of this one",
  "user-channel": "A user's channel sent what only the Mac may",
  "wrong-topic": "It names another push topic than it enrolled with",
  "wrong-serial-number": "Its serial number is not the one that was expected",
  "known-device": "It claims to be a Mac that is enrolled already",
};

export const REFUSAL_REASONS = (Object.keys(WORDS) as RefusalReason[]).map((value) => ({ value, title: WORDS[value] }));

export const refusalWord = (reason: string): string => WORDS[reason as RefusalReason] ?? reason;

const RECENT_MS = 7 * 86_400_000;

/** Replays of the last seven days, of those that were read. `now` is in ms. */
export const recentReplays = (items: readonly EnrollmentRefusal[], now: number): readonly EnrollmentRefusal[] =>
  items.filter(({ reason, lastAt }) => reason === "replay" && now - Date.parse(lastAt) < RECENT_MS);

/** Whose messages they were: `of 2 Macs`; empty where none is known. */
export const macsOf = (items: readonly EnrollmentRefusal[]): number =>
  new Set(items.flatMap(({ deviceId }) => deviceId ?? [])).size;
