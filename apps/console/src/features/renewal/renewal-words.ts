import type { Renewal } from "@pomona/contract";
import type { Tone } from "../../kit/state-badge.tsx";

const STATES: Readonly<Record<Renewal["state"], readonly [word: string, tone: Tone]>> = {
  due: ["Due", "progress"],
  queued: ["Pending", "progress"],
  acknowledged: ["Acknowledged", "progress"],
  checkedIn: ["Checked in", "progress"],
  failed: ["Failed", "attention"],
};

/** How far a renewal has come; one that is about to strand the Mac says that first. `now` is in ms. */
export const renewalWord = (
  { state, isStranding, expiresAt, reason }: Pick<Renewal, "state" | "isStranding" | "expiresAt" | "reason">,
  now: number,
): { word: string; tone: Tone; why: string } => {
  const [word, tone] = STATES[state];
  if (Date.parse(expiresAt) <= now) return { word: `Stranded, ${word.toLowerCase()}`, tone: "act", why: reason };
  if (isStranding) return { word: `About to strand, ${word.toLowerCase()}`, tone: "act", why: reason };
  return { word, tone, why: reason };
};

/** The states by which the list can be filtered. */
export const RENEWAL_STATES: readonly { readonly value: Renewal["state"]; readonly title: string }[] = (
  Object.keys(STATES) as Renewal["state"][]
).map((value) => ({ value, title: STATES[value][0] }));
