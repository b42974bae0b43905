import { type KeptPolicy, type RotationPolicy, RotationPolicy as Schema } from "@pomona/contract";
import type { FormSchema } from "../../kit/form/json-schema.ts";

/** From and to, both included. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

const boundsOf = (schema: object): Bounds => {
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = schema as FormSchema;
  return { min: minimum, max: maximum };
};

const { everyDays, afterRevealMinutes, keepOldDays } = Schema.properties;

/** What the contract allows, so that the form cannot say otherwise. */
export const POLICY_BOUNDS = {
  everyDays: boundsOf(everyDays.anyOf[0]),
  afterRevealMinutes: boundsOf(afterRevealMinutes.anyOf[0]),
  keepOldDays: boundsOf(keepOldDays),
} as const;

/** What is wrong with a number, in words, or null. */
export const boundsFault = (value: number | null, { min, max }: Bounds): string | null => {
  if (value === null) return null;
  return Number.isInteger(value) && value >= min && value <= max
    ? null
    : `A whole number from ${min.toLocaleString("en")} to ${max.toLocaleString("en")}.`;
};

/** The fields of a policy without its kind. */
export type PolicyFields = Omit<RotationPolicy, "kind">;

export const policyFaults = (policy: PolicyFields): Readonly<Record<keyof typeof POLICY_BOUNDS, string | null>> => ({
  everyDays: boundsFault(policy.everyDays, POLICY_BOUNDS.everyDays),
  afterRevealMinutes: boundsFault(policy.afterRevealMinutes, POLICY_BOUNDS.afterRevealMinutes),
  keepOldDays: boundsFault(policy.keepOldDays, POLICY_BOUNDS.keepOldDays),
});

/** What setting a kind up by itself means; kinds without an entry have nothing to set up. */
export const AUTOMATIC_WORDS: Readonly<Partial<Record<KeptPolicy["kind"], string>>> = {
  fileVaultKey:
    "Macs that enroll get the escrow profile: from then on macOS encrypts each new recovery key to this server. Switch it off where another product keeps the keys, because a Mac takes one escrow profile only.",
  activationLockDevice:
    "Each Mac that enrolls is asked for its own bypass code while macOS still hands it out, which is for 15 days.",
};

const days = (count: number): string => (count === 1 ? "1 day" : `${count.toLocaleString("en")} days`);

export const everyWords = (everyDays: number | null): string =>
  everyDays === null ? "never by time" : `every ${days(everyDays)}`;
export const afterRevealWords = (minutes: number | null): string =>
  minutes === null ? "no" : `after ${minutes} minutes`;
export const keepWords = (count: number): string => days(count);

/** What our own would be, in one line. */
export const standardWords = ({ everyDays, afterRevealMinutes, keepOldDays }: PolicyFields): string =>
  `replaced ${everyWords(everyDays)}; after it was seen: ${afterRevealMinutes === null ? "not replaced" : `replaced ${afterRevealWords(afterRevealMinutes)}`}; earlier ones kept for ${keepWords(keepOldDays)}`;
