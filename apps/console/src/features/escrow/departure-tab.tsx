import { abortDeparture, type Departure, showDeparture, showDevice, startDeparture } from "@pomona/contract";
import type { ReactNode } from "react";
import { useAction, usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { Empty } from "../../kit/empty.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { SidePanel } from "../../kit/side-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import { StepList } from "../../kit/step-list.tsx";
import { When } from "../../kit/time/when.tsx";
import { useSetSearch, useUrlParam, useUrlSearch } from "../../kit/url.ts";
import { DepartureStepItem } from "./departure-step.tsx";
import { departureSentence } from "./departure-words.ts";
import { StopDepartureForm } from "./stop-departure-form.tsx";

/** The runbook for a Mac whose user has left: what runs, what needs a person, and what macOS allows nobody. */
export const DepartureTab = () => {
  const deviceId = useUrlParam("deviceId");
  const stops = useUrlSearch()["stop"] !== undefined;
  const setSearch = useSetSearch();
  const read = useAction(showDeparture, { deviceId });
  const start = usePerform(startDeparture, [showDeparture]);
  if (read.data === undefined)
    return read.error === null ? (
      <BlockSkeleton lines={10} />
    ) : (
      <ProblemPanel problem={read.error} retry={() => void read.refetch()} />
    );
  const { departure } = read.data;
  const startButton = (
    <ActionButton
      action={startDeparture}
      variant={departure === null ? "filled" : "default"}
      loading={start.isPending}
      onClick={() => start.mutate({ deviceId })}
    >
      {departure === null ? "Start the runbook" : "Start it again"}
    </ActionButton>
  );
  return (
    <>
      {start.error !== null && <ProblemPanel problem={start.error} />}
      {departure === null ? (
        <Panel title="The Mac of somebody who has left">
          <Empty title="No runbook was started for this Mac" action={startButton}>
            Six steps bring it to its next user: what is in escrow, erase or hand over, update, account, one login,
            verify. The first step only looks; nothing on the Mac changes before you decide.
          </Empty>
        </Panel>
      ) : (
        <>
          <DepartureHead departure={departure} onStop={() => setSearch({ stop: "1" })} startButton={startButton} />
          <Panel title="Steps" flush>
            <StepList label="Steps of the runbook">
              {departure.steps.map((step, index) => (
                <DepartureStepItem key={step.step} number={index + 1} step={step} departure={departure} />
              ))}
            </StepList>
          </Panel>
          {stops && departure.state === "open" && (
            <SidePanel title="Stop the runbook" onClose={() => setSearch({ stop: undefined })}>
              <StopDepartureForm deviceId={deviceId} onDone={() => setSearch({ stop: undefined })} />
            </SidePanel>
          )}
        </>
      )}
    </>
  );
};

interface HeadProps {
  departure: Departure;
  onStop: () => void;
  startButton: ReactNode;
}

const DepartureHead = ({ departure, onStop, startButton }: HeadProps) => {
  const device = useAction(showDevice, { deviceId: departure.deviceId }).data;
  const isRunning = departure.steps.some(({ state }) => state === "running");
  return (
    <div role="status">
      <Notice
        {...departureSentence(departure)}
        action={
          departure.state === "open" ? (
            <ActionButton action={abortDeparture} onClick={onStop}>
              Stop the runbook
            </ActionButton>
          ) : (
            startButton
          )
        }
      >
        Started <When at={departure.startedAt} /> by <bdi>{departure.startedBy}</bdi>
        {departure.endedAt !== null && (
          <>
            , ended <When at={departure.endedAt} />
          </>
        )}
        .
        {isRunning && departure.state === "open" && device?.agent.online === false && (
          <> The Mac is offline: the step goes on by itself as soon as it is back.</>
        )}
        {departure.state === "done" && departure.choice === "erase" && (
          <> What became of it stands under Commands; the next person starts in Setup Assistant.</>
        )}
      </Notice>
    </div>
  );
};
