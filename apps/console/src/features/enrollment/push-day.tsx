import type { PushOutcome, PushState } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { Panel } from "../../kit/page.tsx";

const OUTCOMES: readonly (readonly [outcome: PushOutcome, words: string])[] = [
  ["taken", "Taken by Apple"],
  ["token-refused", "Token refused"],
  ["certificate-refused", "Certificate refused"],
  ["too-many", "Too many at once"],
  ["unreachable", "Apple not reached"],
  ["fault", "Fault of this server"],
];

/** What became of the pushes of the last day, and the Macs whose token Apple refused. */
export const PushDay = ({ push }: { push: Pick<PushState, "lastDay" | "refusedMacs"> }) => (
  <Panel title="The last 24 hours">
    <FactsGrid
      rows={[
        ...OUTCOMES.map(([outcome, words]) => ({ label: words, value: push.lastDay[outcome].toLocaleString("en") })),
        {
          label: "Macs whose token Apple refuses",
          value:
            push.refusedMacs.length === 0 ? (
              "none"
            ) : (
              <span>
                {push.refusedMacs.map((mac, index) => (
                  <span key={`${mac.deviceId} ${mac.channel}`}>
                    {index > 0 && ", "}
                    <Link to={`/devices/${mac.deviceId}`}>
                      <bdi>{mac.name}</bdi>
                    </Link>
                  </span>
                ))}
                . They are pushed again after they next send a token.
              </span>
            ),
        },
      ]}
    />
  </Panel>
);
