import { Button } from "@mantine/core";
import { type Command, listCommands, sendCommand } from "@pomona/contract";
import { useActionPages } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { SidePanel } from "../../kit/side-panel.tsx";
import { RowsSkeleton } from "../../kit/skeletons.tsx";
import { useSetSearch, useUrlParam, useUrlSearch } from "../../kit/url.ts";
import { CommandRow } from "./command-row.tsx";
import styles from "./commands-tab.module.css";
import { SendCommandForm } from "./send-command-form.tsx";

interface CommandListProps {
  title: string;
  state: "upcoming" | "past";
  deviceId: string;
  empty: string;
}

const CommandList = ({ title, state, deviceId, empty }: CommandListProps) => {
  const list = useActionPages(listCommands, { deviceId, state, limit: 50 });
  const commands: readonly Command[] = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Panel title={title} flush>
      {list.error !== null && <ProblemPanel problem={list.error} retry={() => void list.refetch()} />}
      {list.data === undefined && list.error === null && <RowsSkeleton rows={3} />}
      {list.data !== undefined && commands.length === 0 && <p className={styles.none}>{empty}</p>}
      <ul className={styles.commands}>
        {commands.map((command) => (
          <CommandRow key={command.id} command={command} />
        ))}
      </ul>
      {list.hasNextPage && (
        <div className={styles.more}>
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show older
          </Button>
        </div>
      )}
    </Panel>
  );
};

/** MDM commands of a Mac: what is to come and what it waits for, then what was. */
export const CommandsTab = () => {
  const deviceId = useUrlParam("deviceId");
  const sends = useUrlSearch()["send"] !== undefined;
  const setSearch = useSetSearch();
  return (
    <>
      <div>
        <ActionButton action={sendCommand} onClick={() => setSearch({ send: "1" })}>
          Send a command
        </ActionButton>
      </div>
      <CommandList title="Upcoming" state="upcoming" deviceId={deviceId} empty="Nothing is waiting for this Mac." />
      <CommandList
        title="Past"
        state="past"
        deviceId={deviceId}
        empty="No command has been answered yet. Enrollment sends the first ones by itself."
      />
      {sends && (
        <SidePanel title="Send an MDM command" onClose={() => setSearch({ send: undefined, type: undefined })}>
          <SendCommandForm deviceId={deviceId} onSent={() => setSearch({ send: undefined, type: undefined })} />
        </SidePanel>
      )}
    </>
  );
};
