import { listDeadLetters, listHeld, listReinstalls } from "@pomona/contract";
import { useAction } from "../../client/use-action.ts";
import { TabLinks } from "../../kit/tab-links.tsx";

/** Batches, and what came to nothing or waits for a person, with their numbers. */
export const CommandsTabs = () => {
  const dead = useAction(listDeadLetters, { limit: 100 }).data;
  const held = useAction(listHeld, { limit: 1 }).data;
  const silent = useAction(listReinstalls, { limit: 100 }).data;
  return (
    <TabLinks
      label="Commands"
      tabs={[
        { to: "/commands", label: "Batches", exact: true },
        { to: "/commands/dead-letters", label: "Dead letters", count: dead?.items.length ?? 0 },
        {
          to: "/commands/held",
          label: "Held",
          count: held === undefined ? 0 : held.commands + held.orders + held.batches,
        },
        { to: "/commands/silent-agents", label: "Silent agents", count: silent?.items.length ?? 0 },
      ]}
    />
  );
};
