import { Group, Stack } from "@mantine/core";
import {
  continueDeparture,
  type Departure,
  type DepartureStep,
  type DepartureStepName,
  type InputOf,
  showDeparture,
  skipDepartureStep,
} from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { DepartureAccountForm } from "./departure-account-form.tsx";
import { DepartureDecisionForm } from "./departure-decision-form.tsx";
import { SkipStepForm } from "./skip-step-form.tsx";

/** The steps that ask the Mac, and what asking it is called. */
const ASKS: Readonly<Partial<Record<DepartureStepName, string>>> = {
  escrow: "Look again",
  update: "Have the Mac install its updates",
  login: "Look whether they logged in",
  verify: "Look again",
};

/** What a person can do in the current step: have the Mac asked, decide, say that it is done, or leave it out. */
export const DepartureStepForm = ({ departure, step }: { departure: Departure; step: DepartureStep }) => {
  const { deviceId, account } = departure;
  const [skips, setSkips] = useState(false);
  const go = usePerform(continueDeparture, [showDeparture]);
  const goOn = (more: Partial<InputOf<typeof continueDeparture>> = {}) =>
    go.mutate({ deviceId, step: step.step, ...more });
  const asks = ASKS[step.step];
  return (
    <Stack gap={12}>
      {step.step === "login" && account !== null && (
        <span>
          {account.isNew && (
            <>
              The password of <bdi>{account.name}</bdi> is in escrow:{" "}
              <Link to={`/devices/${deviceId}/secrets`} search={{ show: "accountPassword" } as never}>
                show it
              </Link>{" "}
              to the person who logs in, and have it changed.{" "}
            </>
          )}
          If the Mac asks to unlock its disk first, type the{" "}
          <Link to={`/devices/${deviceId}/secrets`} search={{ show: "fileVaultKey" } as never}>
            FileVault recovery key
          </Link>
          .
        </span>
      )}
      {go.error !== null && <ProblemPanel problem={go.error} />}
      {step.step === "decide" && <DepartureDecisionForm busy={go.isPending} onChoose={(choice) => goOn({ choice })} />}
      {step.step === "account" && step.state !== "running" && (
        <DepartureAccountForm
          accounts={departure.accounts ?? []}
          busy={go.isPending}
          onChoose={(chosen) => goOn({ account: chosen })}
        />
      )}
      <Group gap={8}>
        {asks !== undefined && (
          <ActionButton
            action={continueDeparture}
            variant={step.state === "running" ? "default" : "filled"}
            loading={go.isPending}
            onClick={() => goOn()}
          >
            {asks}
          </ActionButton>
        )}
        {asks !== undefined && (
          <ActionButton action={continueDeparture} disabled={go.isPending} onClick={() => goOn({ isDone: true })}>
            Mark as done by hand
          </ActionButton>
        )}
        <ActionButton action={skipDepartureStep} variant="subtle" color="gray" onClick={() => setSkips(!skips)}>
          Skip this step
        </ActionButton>
      </Group>
      {skips && <SkipStepForm deviceId={deviceId} step={step.step} onDone={() => setSkips(false)} />}
    </Stack>
  );
};
