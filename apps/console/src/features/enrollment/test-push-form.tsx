import { Group, Select, Stack } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { listDevices, sendTestPush, showPush } from "@pomona/contract";
import { useState } from "react";
import { useAction, usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { State } from "../../kit/state-badge.tsx";
import { duration } from "../../kit/time/format-duration.ts";

const WAIT_SECONDS = 10;

/** Wakes one Mac, and says what Apple answered and how long the Mac took. */
export const TestPushForm = ({ ready }: { ready: boolean }) => {
  const [words, setWords] = useState("");
  const [asked] = useDebouncedValue(words.trim(), 150);
  const [deviceId, setDeviceId] = useState<string | null>(null);
  const found = useAction(listDevices, { mdm: "enrolled", ...(asked === "" ? {} : { q: asked }), limit: 20 });
  const send = usePerform(sendTestPush, [showPush]);
  return (
    <Stack gap={12}>
      <Select
        label="Mac"
        placeholder="Name or serial number"
        searchable
        searchValue={words}
        onSearchChange={setWords}
        data={(found.data?.items ?? []).map((device) => ({
          value: device.id,
          label: `${device.name}${device.serialNumber === null ? "" : ` (${device.serialNumber})`}`,
        }))}
        filter={({ options }) => options}
        value={deviceId}
        onChange={setDeviceId}
        nothingFoundMessage={found.isFetching ? "Searching" : "No enrolled Mac matches"}
      />
      <Group>
        <ActionButton
          action={sendTestPush}
          disabled={deviceId === null || !ready}
          loading={send.isPending}
          onClick={() => deviceId !== null && send.mutate({ deviceId, waitSeconds: WAIT_SECONDS })}
        >
          Send push
        </ActionButton>
        <span role="status">
          {send.data !== undefined &&
            (send.data.roundTripMs !== null ? (
              <State
                tone="good"
                word={`The Mac answered after ${duration(send.data.roundTripMs)}`}
                why={send.data.apnsId}
              />
            ) : send.data.status === 200 ? (
              <State
                tone="attention"
                word={`Apple took it; the Mac did not answer within ${WAIT_SECONDS} seconds`}
                why="It may be asleep or off the network: Apple keeps the push until it is there."
              />
            ) : (
              <State
                tone="act"
                word={`Apple answered ${send.data.status} ${send.data.reason ?? ""}`}
                why={`${send.data.meaning} ${send.data.advice}`}
              />
            ))}
        </span>
      </Group>
      {!ready && <span data-dimmed>Upload a certificate first.</span>}
      {send.error !== null && <ProblemPanel problem={send.error} />}
    </Stack>
  );
};
