import type { PushState } from "@pomona/contract";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { Panel } from "../../kit/page.tsx";
import { State, type Tone } from "../../kit/state-badge.tsx";
import { When } from "../../kit/time/when.tsx";

const STATES: Readonly<Record<NonNullable<PushState["session"]>["state"], readonly [word: string, tone: Tone]>> = {
  connected: ["Connected", "good"],
  connecting: ["Connecting", "progress"],
  none: ["Not connected", "unknown"],
};

interface Told {
  readonly at: string;
  readonly reason: string;
  readonly meaning: string;
  readonly advice: string;
}

const Words = ({ told }: { told: Told | null }) =>
  told === null ? (
    "none"
  ) : (
    <span>
      <When at={told.at} />: {told.reason}. {told.meaning} {told.advice}
    </span>
  );

/** The connection to Apple, and what went wrong last, each with what to do. */
export const PushSession = ({ push }: { push: Pick<PushState, "session" | "lastFailure"> }) => {
  const [word, tone] = STATES[push.session?.state ?? "none"];
  return (
    <Panel title="Connection to Apple">
      <FactsGrid
        rows={[
          { label: "State", value: <State word={word} tone={tone} /> },
          { label: "Connected since", value: <When at={push.session?.connectedSince ?? null} never="not connected" /> },
          { label: "Pushes under way", value: String(push.session?.openPushes ?? 0) },
          { label: "Last refused push", value: <Words told={push.lastFailure} /> },
          { label: "Last fault", value: <Words told={push.session?.lastFault ?? null} /> },
          { label: "Last time Apple hung up", value: <Words told={push.session?.lastGoAway ?? null} /> },
        ]}
      />
    </Panel>
  );
};
