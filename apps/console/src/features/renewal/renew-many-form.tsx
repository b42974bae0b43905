import { Group, NumberInput, Select, Stack, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type InputOf, listDevices, listRenewals, renewDevices, showFleet } from "@pomona/contract";
import { useState } from "react";
import { useAction, usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ApiCall } from "../../kit/api-call.tsx";
import { Notice } from "../../kit/notice.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";

const MOST = 10_000;

/** Renews the identities of the Macs that a filter finds, and says first how many that may be. */
export const RenewManyForm = () => {
  const [words, setWords] = useState("");
  const [model, setModel] = useState<string | null>(null);
  const [osVersion, setOsVersion] = useState<string | null>(null);
  const [within, setWithin] = useState<number | undefined>(undefined);
  const [limit, setLimit] = useState(1000);
  const [asked] = useDebouncedValue(words.trim(), 200);
  const fleet = useAction(showFleet, {}).data;
  const filter = {
    ...(asked === "" ? {} : { q: asked }),
    ...(model === null ? {} : { model }),
    ...(osVersion === null ? {} : { osVersion }),
  };
  const found = useAction(listDevices, { ...filter, mdm: "enrolled", limit: 1 }).data?.total;
  const renew = usePerform(renewDevices, [listRenewals]);
  const input: InputOf<typeof renewDevices> = {
    ...filter,
    ...(within === undefined ? {} : { endsWithinDays: within }),
    limit,
  };
  const isSettled = asked === words.trim() && found !== undefined;
  const touched = Math.min(found ?? 0, limit);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isSettled && touched > 0) renew.mutate(input);
      }}
    >
      <Stack gap={16}>
        <TextInput
          label="Name, serial number, model or user"
          description="Empty: every enrolled Mac"
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Select
          label="Model"
          placeholder="Any"
          clearable
          data={(fleet?.models ?? []).map((each) => each.model).filter((each) => each !== "")}
          value={model}
          onChange={setModel}
        />
        <Select
          label="macOS"
          placeholder="Any"
          clearable
          data={(fleet?.osVersions ?? []).map((each) => each.osVersion).filter((each) => each !== "")}
          value={osVersion}
          onChange={setOsVersion}
        />
        <NumberInput
          label="Only those whose identity ends within so many days"
          description="Empty: whenever it ends"
          min={1}
          max={825}
          clampBehavior="strict"
          value={within ?? ""}
          onChange={(value) => setWithin(value === "" ? undefined : Number(value))}
        />
        <NumberInput
          label="At most so many Macs"
          min={1}
          max={MOST}
          clampBehavior="strict"
          value={limit}
          onChange={(value) => setLimit(Number(value) || 1)}
        />
        <span role="status">
          {found === undefined
            ? "Counting"
            : found === 0
              ? "No enrolled Mac matches."
              : `${found === 1 ? "1 enrolled Mac matches" : `${found.toLocaleString("en")} enrolled Macs match`}. Each of them${within === undefined ? "" : ` whose identity ends within ${within} days`} gets a profile with a new identity; nothing is asked of the person at the Mac. The first go out within five minutes, at most 500 an hour.`}
        </span>
        {renew.error !== null && <ProblemPanel problem={renew.error} />}
        {renew.data !== undefined && (
          <Notice
            tone={renew.data.devices === 0 ? "unknown" : "progress"}
            title={
              renew.data.devices === 0
                ? "None of them has an identity that ends so soon"
                : `${renew.data.devices === 1 ? "1 Mac is" : `${renew.data.devices.toLocaleString("en")} Macs are`} being renewed`
            }
          >
            {renew.data.devices > 0 && "They stand in the list until they have come with their new identity."}
          </Notice>
        )}
        <Group>
          <ActionButton
            action={renewDevices}
            type="submit"
            variant="filled"
            loading={renew.isPending}
            disabled={!isSettled || touched === 0}
          >
            Renew them
          </ActionButton>
        </Group>
        <ApiCall action={renewDevices} input={input} />
      </Stack>
    </form>
  );
};
