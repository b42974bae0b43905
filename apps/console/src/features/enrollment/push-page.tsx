import { showPush } from "@pomona/contract";
import { useAction } from "../../client/use-action.ts";
import { CopyText } from "../../kit/copy-text.tsx";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Page, Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import { State } from "../../kit/state-badge.tsx";
import { useNow } from "../../kit/time/use-now.ts";
import { When } from "../../kit/time/when.tsx";
import { EnrollmentTabs } from "./enrollment-tabs.tsx";
import { PushChecklist } from "./push-checklist.tsx";
import { PushDay } from "./push-day.tsx";
import styles from "./push-page.module.css";
import { PushSession } from "./push-session.tsx";
import { pushWord } from "./push-words.ts";
import { TestPushForm } from "./test-push-form.tsx";

/** The certificate by which Apple wakes Macs for us: how it stands, and the four steps to a new one. */
export const PushPage = () => {
  const read = useAction(showPush, {});
  const now = useNow();
  const push = read.data;
  return (
    <Page title="Enrollment">
      <EnrollmentTabs />
      {read.error !== null && push === undefined && (
        <ProblemPanel problem={read.error} retry={() => void read.refetch()} />
      )}
      {push === undefined && read.error === null && <BlockSkeleton lines={6} />}
      {push !== undefined && (
        <>
          <Notice tone={pushWord(push, now).tone} title={`Push certificate: ${pushWord(push, now).word.toLowerCase()}`}>
            {push.meaning} {push.advice}
          </Notice>
          <div className={styles.columns}>
            <Panel title="Now">
              <FactsGrid
                rows={[
                  { label: "State", value: <State {...pushWord(push, now)} /> },
                  {
                    label: "Topic",
                    value:
                      push.topic === null ? (
                        <span data-dimmed>none yet</span>
                      ) : (
                        <CopyText wrap text={push.topic} what="topic" />
                      ),
                  },
                  { label: "Expires", value: <When at={push.expiresAt} never="no certificate" /> },
                  {
                    label: "Days left",
                    value: push.daysLeft === null ? <span data-dimmed>no certificate</span> : String(push.daysLeft),
                  },
                  { label: "Macs that wait for push", value: push.waiting.toLocaleString("en") },
                  ...(push.nextTryAt === null ? [] : [{ label: "Tried again", value: <When at={push.nextTryAt} /> }]),
                  {
                    label: "Subject",
                    value: push.subject === null ? <span data-dimmed>none yet</span> : <bdi>{push.subject}</bdi>,
                  },
                  { label: "Sent to", value: <CopyText text={push.endpoint} what="address" /> },
                  { label: "Last push", value: <When at={push.lastPushAt} /> },
                  { label: "Last error", value: push.lastError ?? "none" },
                ]}
              />
            </Panel>
            <Panel title="Send a test push">
              <TestPushForm ready={push.state === "ready"} />
            </Panel>
          </div>
          <div className={styles.columns}>
            <PushSession push={push} />
            <PushDay push={push} />
          </div>
          <PushChecklist push={push} />
        </>
      )}
    </Page>
  );
};
