import type { Rule } from "@pomona/contract";
import { State } from "../../kit/state-badge.tsx";

/** How many Macs confirmed that they hold the rule's current version. */
export const RolloutState = ({ rollout }: { rollout: Rule["rollout"] }) => {
  const { confirmed, meant } = rollout;
  if (meant === 0) return <State tone="unknown" word="No Mac yet" why="No Mac is meant by this rule so far" />;
  return confirmed >= meant ? (
    <State
      tone="good"
      word={`On ${meant === 1 ? "its Mac" : `all ${meant} Macs`}`}
      why="Every Mac that is meant confirmed this version"
    />
  ) : (
    <State tone="progress" word={`On ${confirmed} of ${meant} Macs`} why="The others take it when they come online" />
  );
};
