import { Button, SegmentedControl } from "@mantine/core";
import { listTimeline } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { useActionPages } from "../../client/use-action.ts";
import { Empty } from "../../kit/empty.tsx";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { RowsSkeleton } from "../../kit/skeletons.tsx";
import { State } from "../../kit/state-badge.tsx";
import { When } from "../../kit/time/when.tsx";
import { useSetSearch, useUrlParam, useUrlSearch } from "../../kit/url.ts";
import { factSentence } from "./fact-sentence.ts";
import styles from "./timeline-tab.module.css";

const CHAPTERS = [
  { value: "", label: "All" },
  { value: "enrollment", label: "Enrollment" },
  { value: "commands", label: "Commands" },
  { value: "orders", label: "Orders" },
  { value: "agent", label: "Agent" },
  { value: "protection", label: "Protection" },
];

const dayOf = (at: string): string =>
  new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(
    Date.parse(at),
  );

/** One story, newest first; it grows by itself. */
export const TimelineTab = () => {
  const deviceId = useUrlParam("deviceId");
  const chapter = useUrlSearch()["chapter"] ?? "";
  const setSearch = useSetSearch();
  const list = useActionPages(listTimeline, { deviceId, limit: 100 });
  const entries = (list.data?.pages ?? [])
    .flatMap((page) => page.items)
    .map((entry) => ({ entry, sentence: factSentence(entry.type, entry.data, deviceId) }))
    .filter(({ sentence }) => chapter === "" || sentence.chapter === chapter);
  const days = Map.groupBy(entries, ({ entry }) => dayOf(entry.at));
  return (
    <>
      <div className={styles.filter}>
        <SegmentedControl
          size="xs"
          data={CHAPTERS}
          value={chapter}
          aria-label="Chapter"
          onChange={(value) => setSearch({ chapter: value || undefined })}
        />
      </div>
      {list.error !== null && <ProblemPanel problem={list.error} retry={() => void list.refetch()} />}
      <Panel flush>
        {list.data === undefined && list.error === null && <RowsSkeleton />}
        {list.data !== undefined && entries.length === 0 && (
          <Empty title="Nothing to tell yet">
            {chapter === ""
              ? "Check-ins, commands, orders and incidents of this Mac appear here as they happen."
              : "Nothing of this kind among what is loaded. Choose All, or load older entries."}
          </Empty>
        )}
        {[...days].map(([day, told]) => (
          <section key={day} aria-label={day}>
            <h3 className={styles.day}>{day}</h3>
            <ol className={styles.entries}>
              {told.map(({ entry, sentence }) => (
                <li key={entry.id} className={styles.entry}>
                  <span className={styles.time}>
                    <When at={entry.at} clock />
                  </span>
                  <span className={styles.text}>
                    <State tone={sentence.tone} word={sentence.text} />
                    {sentence.detail !== undefined && sentence.detail !== "" && (
                      <span className={styles.detail}>{sentence.detail}</span>
                    )}
                  </span>
                  {sentence.link !== undefined && (
                    <Link to={sentence.link.to} aria-label={`${sentence.link.label}: ${sentence.text}`}>
                      {sentence.link.label}
                    </Link>
                  )}
                </li>
              ))}
            </ol>
          </section>
        ))}
      </Panel>
      {list.hasNextPage && (
        <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Show older
        </Button>
      )}
    </>
  );
};
