/** A push token with its PushMagic, as a short print of both, and where it was last told from. */
export interface TokenPair {
  readonly print: string;
  readonly address: string;
  /** ms */
  readonly at: number;
}

/** What speaks for two bodies behind one identity. */
export interface CloneEvidence {
  /** The latest pairs that differ, newest last. */
  readonly pairs: readonly TokenPair[];
  readonly current: string | undefined;
  /** When a pair that had been replaced came back. */
  readonly returns: readonly number[];
  /** When the Mac's clock was put back. */
  readonly clockSets: readonly { readonly at: number; readonly address: string }[];
}

export const NO_EVIDENCE: CloneEvidence = { pairs: [], current: undefined, returns: [], clockSets: [] };

const MOST_PAIRS = 4;
const WEEK_MS = 7 * 86_400_000;
const DAY_MS = 86_400_000;
/**
 * A Mac that was put back to a snapshot tells its old token once, and never again the newer one: a second return takes a
 * second body. A clock may be put back twice by a person who tries; three times in a day are two clocks.
 */
const MOST_RETURNS = 1;
const MOST_CLOCK_SETS = 2;
export const ADVICE =
  "Erase the copy or enroll it anew with an invitation of its own, then enroll the original anew, then release it.";

export interface CloneVerdict {
  readonly evidence: CloneEvidence;
  /** In words that name both bodies; undefined while it may be one. */
  readonly reason: string | undefined;
}

/** @returns the same evidence when nothing is new about the pair */
export function noteTokens(evidence: CloneEvidence, pair: TokenPair): CloneVerdict {
  if (evidence.current === pair.print) return { evidence, reason: undefined };
  const before = evidence.pairs.find(({ print }) => print === evidence.current);
  const isReturn = evidence.pairs.some(({ print }) => print === pair.print);
  const pairs = [...evidence.pairs.filter(({ print }) => print !== pair.print), pair].slice(-MOST_PAIRS);
  const returns = isReturn ? [...evidence.returns.filter((at) => pair.at - at < WEEK_MS), pair.at] : evidence.returns;
  const next = { ...evidence, pairs, current: pair.print, returns };
  if (returns.length <= MOST_RETURNS || before === undefined) return { evidence: next, reason: undefined };
  return {
    evidence: next,
    reason:
      `Two Macs use this Mac's identity: push token ${pair.print.slice(0, 6)} (from ${pair.address}) and push token ` +
      `${before.print.slice(0, 6)} (from ${before.address}) took turns ${returns.length + 1} times. ${ADVICE}`,
  };
}

export function noteClockSet(evidence: CloneEvidence, address: string, at: number): CloneVerdict {
  const clockSets = [...evidence.clockSets.filter((set) => at - set.at < DAY_MS), { at, address }];
  const next = { ...evidence, clockSets };
  if (clockSets.length <= MOST_CLOCK_SETS) return { evidence: next, reason: undefined };
  const addresses = [...new Set(clockSets.map((set) => set.address))].join(" and ");
  return {
    evidence: next,
    reason:
      `Two Macs use this Mac's identity: its clock went back ${clockSets.length} times within a day, as when two Macs with ` +
      `different clocks take turns (from ${addresses}). ${ADVICE}`,
  };
}
