import { SegmentedControl, Stack } from "@mantine/core";
import { listUserChannels } from "@pomona/contract";
import { useAction } from "../../client/use-action.ts";
import { SidePanel } from "../../kit/side-panel.tsx";
import { useSetSearch, useUrlSearch } from "../../kit/url.ts";
import { SendCommandForm } from "./send-command-form.tsx";
import { SendRawForm } from "./send-raw-form.tsx";

/** Beside the list: a command with a form, or one that nobody checks. */
export const SendPanel = ({ deviceId }: { deviceId: string }) => {
  const setSearch = useSetSearch();
  const isRaw = useUrlSearch()["send"] === "raw";
  const users = useAction(listUserChannels, { deviceId }).data?.items ?? [];
  const close = () => setSearch({ send: undefined, type: undefined });
  return (
    <SidePanel title="Send an MDM command" onClose={close}>
      <Stack gap={16}>
        <SegmentedControl
          size="xs"
          aria-label="How it is written"
          data={[
            { value: "1", label: "With a form" },
            { value: "raw", label: "Raw property list" },
          ]}
          value={isRaw ? "raw" : "1"}
          onChange={(send) => setSearch({ send, ...(send === "raw" ? { type: undefined } : {}) })}
        />
        {isRaw ? (
          <SendRawForm deviceId={deviceId} users={users} />
        ) : (
          <SendCommandForm deviceId={deviceId} users={users} onSent={close} />
        )}
      </Stack>
    </SidePanel>
  );
};
