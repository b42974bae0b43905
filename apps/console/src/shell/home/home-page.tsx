import { listEntries, listIncidents, showFleet, showPush } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { useSession } from "../../client/session.tsx";
import { useAction } from "../../client/use-action.ts";
import { actionSummary, outcomeOf } from "../../features/audit/audit-words.ts";
import { pushWord } from "../../features/enrollment/push-words.ts";
import { baseName, outcomeWord } from "../../features/protection/incident-words.ts";
import { BarList } from "../../kit/bar-list.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Page, Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import { State } from "../../kit/state-badge.tsx";
import { duration } from "../../kit/time/format-duration.ts";
import { useNow } from "../../kit/time/use-now.ts";
import { When } from "../../kit/time/when.tsx";
import { FirstRun } from "./first-run.tsx";
import { FleetCounts } from "./fleet-counts.tsx";
import { HomeNotices } from "./home-notices.tsx";
import styles from "./home-page.module.css";

/** The fleet at a glance: what is on, what was stopped, who did what, what is left to set up. */
export const HomePage = () => {
  const { tenant } = useSession();
  const fleet = useAction(showFleet, {});
  const incidents = useAction(listIncidents, { state: "open", limit: 100 });
  const activity = useAction(listEntries, { limit: 8 });
  const push = useAction(showPush, {}).data;
  const now = useNow();
  const pushState = push === undefined ? null : pushWord(push, now);
  const open = incidents.data?.items ?? [];
  return (
    <Page title={tenant.name}>
      <HomeNotices />
      {pushState !== null && pushState.tone !== "good" && (
        <Notice
          tone={pushState.tone}
          title={`Push certificate: ${pushState.word.toLowerCase()}`}
          action={<Link to="/enrollment/push">See to it</Link>}
        >
          {pushState.text}
        </Notice>
      )}
      {fleet.error !== null && fleet.data === undefined && (
        <ProblemPanel problem={fleet.error} retry={() => void fleet.refetch()} />
      )}
      <FleetCounts
        fleet={fleet.data}
        openIncidents={
          incidents.data === undefined ? null : { count: open.length, more: incidents.data.nextCursor !== null }
        }
      />
      <div className={styles.columns}>
        <Panel title="Open incidents" flush beside={<Link to="/protection/incidents">All incidents</Link>}>
          {incidents.data === undefined && <BlockSkeleton />}
          {incidents.data !== undefined && open.length === 0 && (
            <p className={styles.none}>None. What a block rule stops appears here within a second.</p>
          )}
          <ul className={styles.list}>
            {open.slice(0, 8).map((incident) => (
              <li key={incident.id} className={styles.row}>
                <Link to={`/protection/incidents/${incident.id}`} className={styles.what}>
                  <bdi>{baseName(incident.process.path)}</bdi>
                  <span data-dimmed>
                    {" "}
                    on <bdi>{incident.deviceName}</bdi>
                  </span>
                </Link>
                <State {...outcomeWord(incident)} />
                <span className={styles.number}>{duration(incident.actionAfterMs)}</span>
                <span className={styles.when}>
                  <When at={incident.arrivedAt} />
                </span>
              </li>
            ))}
          </ul>
        </Panel>
        <Panel title="Recent activity" flush beside={<Link to="/activity">All activity</Link>}>
          {activity.data === undefined && activity.error === null && <BlockSkeleton />}
          {activity.error !== null && activity.data === undefined && (
            <p className={styles.none}>{activity.error.message}</p>
          )}
          {activity.data?.items.length === 0 && (
            <p className={styles.none}>Nothing was done yet. Every change that a person or a token makes is kept.</p>
          )}
          <ul className={styles.list}>
            {activity.data?.items.map((entry) => (
              <li key={entry.sequence} className={styles.row}>
                <Link to="/activity" search={{ entry: String(entry.sequence) } as never} className={styles.what}>
                  {actionSummary(entry.action)}
                  <span data-dimmed>
                    {" "}
                    by <bdi>{entry.actor.name}</bdi>
                  </span>
                </Link>
                {entry.outcome === "done" ? null : <State {...outcomeOf(entry)} why={entry.reason} />}
                <span className={styles.when}>
                  <When at={entry.at} />
                </span>
              </li>
            ))}
          </ul>
        </Panel>
        <Panel title="macOS versions" beside={<Link to="/devices">All Macs</Link>}>
          {fleet.data === undefined ? (
            <BlockSkeleton />
          ) : fleet.data.osVersions.length === 0 ? (
            <span data-dimmed>No Mac has reported its version yet.</span>
          ) : (
            <BarList
              label="macOS versions"
              total={fleet.data.devices}
              bars={fleet.data.osVersions.slice(0, 8).map((each) => ({
                label: each.osVersion || "not reported",
                count: each.devices,
                ...(each.osVersion ? { to: "/devices", search: { os: each.osVersion } } : {}),
              }))}
            />
          )}
        </Panel>
        <FirstRun />
      </div>
    </Page>
  );
};
