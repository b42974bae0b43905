import { type OutputOf, showMovingIn } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { useAction } from "../../client/use-action.ts";
import { BarList } from "../../kit/bar-list.tsx";
import { Empty } from "../../kit/empty.tsx";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { Page, Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import { State } from "../../kit/state-badge.tsx";
import { EnrollmentTabs } from "../enrollment/enrollment-tabs.tsx";
import { AssociationPanel } from "./association-panel.tsx";
import { ImportPanel } from "./import-panel.tsx";

const ArrivalsPanel = ({ moving }: { moving: OutputOf<typeof showMovingIn> }) => {
  const { imported, arrived, issuers } = moving;
  const isOver = imported > 0 && arrived === imported;
  return (
    <Panel
      title="Arrivals"
      beside={
        imported > 0 && (
          <State
            tone={isOver ? "good" : "progress"}
            word={isOver ? "All are here" : `${(imported - arrived).toLocaleString("en")} still away`}
          />
        )
      }
    >
      {imported === 0 ? (
        <Empty title="No Mac has moved in">
          Macs that another MDM server enrolled go on here without being enrolled again. Take their enrollments over
          below, point the old server's name here, and watch them arrive.
        </Empty>
      ) : (
        <>
          <BarList
            label="Macs that moved in"
            total={imported}
            bars={[
              { label: "Have come by", count: arrived },
              { label: "Still away", count: imported - arrived },
            ]}
          />
          <FactsGrid
            rows={[
              {
                label: "Trusted for their identities",
                value: issuers.length === 0 ? "nobody" : issuers.map((issuer) => <div key={issuer}>{issuer}</div>),
              },
              {
                label: "What is next",
                value: isOver ? (
                  <span>
                    <Link to="/certificates" search={{ renew: "1" } as never}>
                      Renew their identities
                    </Link>
                    , then destroy the file and the old authority's key, and switch the old server off.
                  </span>
                ) : (
                  "A Mac counts as arrived at its first message. Wait until the old server's name leads here, and switch on those that are away."
                ),
              },
            ]}
          />
        </>
      )}
    </Panel>
  );
};

/** The move from another MDM server: how far it is, the file, and Macs whose certificate is not known. */
export const MovingInPage = () => {
  const read = useAction(showMovingIn, {});
  return (
    <Page title="Enrollment">
      <EnrollmentTabs />
      {read.data === undefined &&
        (read.error === null ? (
          <BlockSkeleton lines={6} />
        ) : (
          <ProblemPanel problem={read.error} retry={() => void read.refetch()} />
        ))}
      {read.data !== undefined && (
        <>
          <ArrivalsPanel moving={read.data} />
          <ImportPanel />
          <AssociationPanel moving={read.data} />
        </>
      )}
    </Page>
  );
};
