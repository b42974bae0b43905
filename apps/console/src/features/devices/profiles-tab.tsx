import { listProfiles } from "@pomona/contract";
import { useAction } from "../../client/use-action.ts";
import { CopyText } from "../../kit/copy-text.tsx";
import { Empty } from "../../kit/empty.tsx";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { RowsSkeleton } from "../../kit/skeletons.tsx";
import { State } from "../../kit/state-badge.tsx";
import { When } from "../../kit/time/when.tsx";
import { useUrlParam } from "../../kit/url.ts";
import styles from "./profiles-tab.module.css";

/** The profiles on the Mac, each with its payloads. */
export const ProfilesTab = () => {
  const deviceId = useUrlParam("deviceId");
  const read = useAction(listProfiles, { deviceId });
  if (read.error !== null && read.data === undefined)
    return <ProblemPanel problem={read.error} retry={() => void read.refetch()} />;
  return (
    <Panel
      title="Installed profiles"
      flush
      beside={
        read.data && (
          <>
            reported <When at={read.data.reportedAt} /> by MDM
          </>
        )
      }
    >
      {read.data === undefined && <RowsSkeleton />}
      {read.data?.items.length === 0 && (
        <Empty title="No profiles reported">
          The Mac answers ProfileList after it enrolls. Send that command to ask again.
        </Empty>
      )}
      <ul className={styles.profiles}>
        {read.data?.items.map((profile) => (
          <li key={profile.uuid} className={styles.profile}>
            <div className={styles.head}>
              <strong>
                <bdi>{profile.displayName}</bdi>
              </strong>
              {profile.managed ? (
                <State tone="good" word="Managed" why="Installed by MDM; Pomona can replace and remove it" />
              ) : (
                <State tone="unknown" word="Not managed" why="Installed by hand or by other software" />
              )}
            </div>
            <div data-dimmed>
              <bdi>{profile.organization}</bdi>
            </div>
            <div className={styles.ids}>
              <CopyText text={profile.identifier} what="profile identifier" />
              <CopyText text={profile.uuid} what="profile UUID" />
            </div>
            <ul className={styles.payloads} aria-label={`Payloads of ${profile.displayName}`}>
              {profile.payloads.map((payload) => (
                <li key={payload.identifier} title={payload.identifier}>
                  {payload.type}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </Panel>
  );
};
