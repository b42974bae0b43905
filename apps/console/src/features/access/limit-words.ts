import type { InputOf, Limits, setLimits } from "@pomona/contract";
import { duration } from "../../kit/time/format-duration.ts";

export type LimitRisk = InputOf<typeof setLimits>["risk"];
export type Limit = Limits["limits"][LimitRisk];
type Values = Pick<Limit, "perActor" | "perTenant" | "undoSeconds">;

export const LIMIT_RISKS: readonly LimitRisk[] = ["destructive", "rootEquivalent", "change"];

export const LIMIT_TITLES: Record<LimitRisk, string> = {
  destructive: "Destructive",
  rootEquivalent: "Root-equivalent",
  change: "Ordinary changes",
};
export const LIMIT_MEANINGS: Record<LimitRisk, string> = {
  destructive: "Erase, lock, set a recovery lock, and whatever nobody checked",
  rootEquivalent: "Profiles, applications, scripts, restarts, and any change to many Macs",
  change: "Names, cancelling, and questions to any number of Macs",
};

export const undoWords = (seconds: number): string => (seconds === 0 ? "none" : duration(seconds * 1000));

/** What a change of limits would be: tighter values count at once, looser ones after an hour. */
export interface LimitChange {
  readonly tighter: readonly string[];
  readonly looser: readonly string[];
}

const NAMES: Record<keyof Values, string> = {
  perActor: "Macs in an hour for one person or token",
  perTenant: "Macs in an hour for all together",
  undoSeconds: "the undo window",
};

/** @param wish the values that are asked for; those that are as they are say nothing */
export const limitChange = (now: Values, wish: Values): LimitChange => {
  const changed = (["perActor", "perTenant", "undoSeconds"] as const).filter((name) => wish[name] !== now[name]);
  const isLooser = (name: keyof Values): boolean =>
    name === "undoSeconds" ? wish[name] < now[name] : wish[name] > now[name];
  return {
    tighter: changed.filter((name) => !isLooser(name)).map((name) => NAMES[name]),
    looser: changed.filter(isLooser).map((name) => NAMES[name]),
  };
};
