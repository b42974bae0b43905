import { Button } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import {
  createSignInLink,
  listDevices,
  listEntries,
  listIncidents,
  listRules,
  showFleet,
  showPush,
} from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { useMay, useSession } from "../../client/session.tsx";
import { useAction } from "../../client/use-action.ts";
import { Panel } from "../../kit/page.tsx";
import { State } from "../../kit/state-badge.tsx";
import styles from "./first-run.module.css";

interface Step {
  readonly title: string;
  readonly done: boolean;
  readonly to: string;
  readonly search?: Readonly<Record<string, string>>;
  readonly verb: string;
}

/** What is left until Pomona does its job; ticks itself from what the data say, and can be put away and found again. */
export const FirstRun = () => {
  const { tenant } = useSession();
  const [away, setAway] = useLocalStorage({
    key: `pomona-first-run-away-${tenant.id}`,
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const fleet = useAction(showFleet, {}).data;
  const push = useAction(showPush, {}).data;
  const rules = useAction(listRules, { limit: 1 }).data;
  const stopped = useAction(listIncidents, { limit: 1 }).data;
  const orders = useAction(listEntries, { action: "agents.place-order", outcome: "done", limit: 1 }).data;
  const invites = useAction(listEntries, { action: createSignInLink.name, outcome: "done", limit: 1 }).data;
  const online = useAction(listDevices, { agent: "online", limit: 1 }).data?.items[0];
  const mayInvite = useMay(createSignInLink);
  const has = (list: { items: readonly unknown[] } | undefined): boolean => (list?.items.length ?? 0) > 0;
  const steps: readonly Step[] = [
    { title: "Sign in", done: true, to: "/", verb: "" },
    { title: "Add the push certificate", done: push?.state === "ready", to: "/enrollment/push", verb: "Add it" },
    {
      title: "See a Mac live",
      done: (fleet?.agentsOnline ?? 0) > 0,
      to: "/enrollment",
      search: { new: "1" },
      verb: "Enroll one",
    },
    {
      title: "Run a script",
      done: has(orders),
      to: online === undefined ? "/devices" : `/devices/${online.id}/orders/new`,
      verb: "Run one",
    },
    { title: "Make a block rule", done: has(rules), to: "/protection/rules/new", verb: "Make one" },
    { title: "See it stop something", done: has(stopped), to: "/protection/incidents", verb: "Watch" },
    ...(mayInvite ? [{ title: "Invite a colleague", done: has(invites), to: "/settings", verb: "Invite" }] : []),
  ];
  const left = steps.filter((step) => !step.done).length;
  if (away)
    return (
      <div>
        <Button variant="subtle" color="gray" onClick={() => setAway(false)}>
          Show the first steps ({left === 0 ? "all done" : `${left} left`})
        </Button>
      </div>
    );
  return (
    <Panel
      title="First steps"
      flush
      beside={
        <Button variant="subtle" color="gray" size="compact-xs" onClick={() => setAway(true)}>
          Put away
        </Button>
      }
    >
      <ol className={styles.steps}>
        {steps.map((step) => (
          <li key={step.title} className={styles.step} data-done={step.done || undefined}>
            {step.done ? <State tone="good" word={step.title} /> : <State tone="unknown" word={step.title} />}
            {step.done ? (
              <span className={styles.done}>Done</span>
            ) : (
              <Link to={step.to} search={(step.search ?? {}) as never} aria-label={`${step.verb}: ${step.title}`}>
                {step.verb}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  );
};
