import { closeIncident, createRule, listIncidents, showIncident } from "@pomona/contract";
import { Link, useNavigate } from "@tanstack/react-router";
import { useAction, usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { CodeBlock } from "../../kit/code-block.tsx";
import { CopyText } from "../../kit/copy-text.tsx";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { Page, Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import { State } from "../../kit/state-badge.tsx";
import { When } from "../../kit/time/when.tsx";
import { toast } from "../../kit/toasts.ts";
import { useUrlParam } from "../../kit/url.ts";
import styles from "./incident-page.module.css";
import { baseName, incidentSentence, outcomeWord } from "./incident-words.ts";
import { ThreeTimes } from "./three-times.tsx";

const UP = { to: "/protection/incidents", label: "Incidents" };

/** One incident: what was stopped, how fast, what it was, and what to do about it. */
export const IncidentPage = () => {
  const incidentId = useUrlParam("incidentId");
  const navigate = useNavigate();
  const read = useAction(showIncident, { incidentId });
  const close = usePerform(closeIncident, [listIncidents, showIncident]);
  const incident = read.data;
  if (incident === undefined)
    return (
      <Page title="Incident" up={UP}>
        {read.error === null ? (
          <BlockSkeleton lines={8} />
        ) : (
          <ProblemPanel problem={read.error} retry={() => void read.refetch()} />
        )}
      </Page>
    );
  const { process } = incident;
  const copy = (text: string | null, what: string) =>
    text === null ? <span data-dimmed>none</span> : <CopyText wrap text={text} what={what} />;
  return (
    <Page
      title={baseName(process.path)}
      up={UP}
      beside={
        <>
          <State {...outcomeWord(incident)} filled />
          <span role="status">
            {incident.state === "open" ? (
              <State tone="attention" word="Open" filled />
            ) : (
              <State tone="unknown" word="Closed" filled />
            )}
          </span>
        </>
      }
      actions={
        <>
          <ActionButton
            action={createRule}
            onClick={() => void navigate({ to: "/protection/rules/new", search: { incident: incident.id } as never })}
          >
            Make a rule
          </ActionButton>
          {incident.state === "open" && (
            <ActionButton
              action={closeIncident}
              variant="filled"
              loading={close.isPending}
              onClick={() =>
                close.mutate(
                  { incidentId },
                  {
                    onSuccess: () => toast({ tone: "good", title: "Incident closed" }),
                    onError: (problem) => toast({ tone: "act", title: problem.title, text: problem.message }),
                  },
                )
              }
            >
              Close
            </ActionButton>
          )}
        </>
      }
    >
      <Panel>
        <p className={styles.sentence}>
          <bdi>{incidentSentence(incident)}</bdi>
        </p>
        <ThreeTimes incident={incident} />
      </Panel>
      <div className={styles.columns}>
        <Panel title="Process">
          <FactsGrid
            rows={[
              { label: "Path", value: copy(process.path, "path") },
              { label: "Started by", value: copy(process.parentPath, "path of the parent") },
              { label: "User", value: process.user === null ? null : <bdi>{process.user}</bdi> },
              { label: "Process id", value: String(process.pid) },
              {
                label: "Team ID",
                value:
                  process.teamId === null ? (
                    <span data-dimmed>not signed by a team</span>
                  ) : (
                    copy(process.teamId, "team ID")
                  ),
              },
              { label: "Signing ID", value: copy(process.signingId, "signing ID") },
              { label: "CDHash", value: copy(process.cdhash, "code hash") },
            ]}
          />
          {process.arguments.length > 0 && (
            <CodeBlock label="Arguments" text={process.arguments.join("\n")} maxHeight={160} />
          )}
        </Panel>
        <Panel title="Context">
          <FactsGrid
            rows={[
              { label: "Mac", value: <Link to={`/devices/${incident.deviceId}`}>{incident.deviceName}</Link> },
              { label: "Rule", value: <Link to={`/protection/rules/${incident.ruleId}`}>{incident.ruleName}</Link> },
              { label: "Arrived", value: <When at={incident.arrivedAt} /> },
              {
                label: "The person saw",
                value:
                  incident.userMessage === null ? <span data-dimmed>nothing</span> : <bdi>{incident.userMessage}</bdi>,
              },
              { label: "Incident id", value: <CopyText text={incident.id} what="incident id" /> },
            ]}
          />
        </Panel>
      </div>
    </Page>
  );
};
