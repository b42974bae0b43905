import type { RecoverySummary } from "@pomona/contract";
import type { SealedColumn } from "../../kernel/secret.ts";

const DAY = 86_400_000;
/** People, keys and passphrases get lost: a drill is worth something for a quarter. */
export const DRILL_HOLDS_MS = 90 * DAY;

/** A bundle that covers a tenant, as far as this server knows of it; times in ms. */
export interface BundleRow {
  readonly id: string;
  readonly exportedAt: number;
  readonly exportedBy: string;
  readonly recipients: readonly string[];
  readonly values: number;
  readonly unreadable: number;
  /** Names of the tenant's data keys that are in it. */
  readonly kids: readonly string[];
  /** SHA-256 (hex) of the code that a drill of it prints. */
  readonly codeHash: string;
  readonly testedAt: number | null;
}

const HOW = "Run `pomona recovery export` on the server, then `pomona recovery drill` where the bundle key is kept.";

/** What is known of a tenant's bundles, in one word and one sentence. @param kid the data key that seals now, if any */
export function judgeRecovery(bundles: readonly BundleRow[], kid: string | undefined, now: number): RecoverySummary {
  const newest = bundles.at(0);
  if (newest === undefined)
    return {
      state: "neverExported",
      advice: `No recovery bundle was ever made: if this server and its keys are lost, so is every secret here. ${HOW}`,
      exportedAt: null,
      testedAt: null,
    };
  const exportedAt = toTime(newest.exportedAt);
  const tested = bundles.filter((each) => each.testedAt !== null).toSorted((a, b) => b.testedAt! - a.testedAt!);
  const [last] = tested;
  if (last === undefined)
    return {
      state: "neverTested",
      advice:
        "The recovery bundle was never tested: nobody knows whether it opens. Run `pomona recovery drill` where the bundle key is kept, and enter its code here.",
      exportedAt,
      testedAt: null,
    };
  const testedAt = toTime(last.testedAt!);
  if (kid !== undefined && !tested.some(({ kids }) => kids.includes(kid)))
    return {
      state: "outdated",
      advice: `The data key was changed since the bundle that was tested, so that bundle does not open what came later. ${HOW}`,
      exportedAt,
      testedAt,
    };
  if (last.testedAt! + DRILL_HOLDS_MS < now)
    return {
      state: "stale",
      advice: `The last recovery drill was more than ${DRILL_HOLDS_MS / DAY} days ago. Run \`pomona recovery drill\` again.`,
      exportedAt,
      testedAt,
    };
  return { state: "tested", advice: null, exportedAt, testedAt };
}

export const toTime = (ms: number): string => new Date(ms).toISOString();

export const nameOf = ({ table, column }: SealedColumn): string => `${table}.${column}`;
