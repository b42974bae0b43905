import { Button, Group } from "@mantine/core";
import { type Command, listCommands, sendCommand, sendRawCommand } from "@pomona/contract";
import type { ReactNode } from "react";
import { useActionPages } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { counted } from "../../kit/count-words.ts";
import { useShortcut } from "../../kit/keyboard.ts";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { RowsSkeleton } from "../../kit/skeletons.tsx";
import { useSetSearch, useUrlParam, useUrlSearch } from "../../kit/url.ts";
import { ClearButton } from "./clear-button.tsx";
import { CommandPanel } from "./command-panel.tsx";
import { CommandRow } from "./command-row.tsx";
import { isCancellable } from "./command-words.ts";
import styles from "./commands-tab.module.css";
import { SendPanel } from "./send-panel.tsx";
import { UserChannelsPanel } from "./user-channels-panel.tsx";

const useCommands = (deviceId: string, state: "upcoming" | "past") => {
  const list = useActionPages(listCommands, { deviceId, state, limit: 50 });
  const commands: readonly Command[] = list.data?.pages.flatMap((page) => page.items) ?? [];
  return { list, commands };
};

interface CommandListProps extends ReturnType<typeof useCommands> {
  title: string;
  empty: string;
  beside?: ReactNode;
}

const CommandList = ({ title, list, commands, empty, beside }: CommandListProps) => (
  <Panel title={title} flush beside={beside}>
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

/** MDM commands of a Mac: what is to come and what it waits for, then what was. */
export const CommandsTab = () => {
  const deviceId = useUrlParam("deviceId");
  const { send, command: shownId } = useUrlSearch();
  const setSearch = useSetSearch();
  const upcoming = useCommands(deviceId, "upcoming");
  const past = useCommands(deviceId, "past");
  const unsent = upcoming.commands.filter(({ state }) => isCancellable(state)).length;
  const open = (how: "1" | "raw") => setSearch({ send: how, command: undefined });
  useShortcut("c", "Send a command", "This Mac", () => open("1"));
  return (
    <>
      <Group gap={8}>
        <ActionButton action={sendCommand} onClick={() => open("1")}>
          Send a command
        </ActionButton>
        <ActionButton action={sendRawCommand} variant="subtle" color="gray" onClick={() => open("raw")}>
          Send a raw property list
        </ActionButton>
      </Group>
      <CommandList
        {...upcoming}
        title="Upcoming"
        empty="Nothing is waiting for this Mac."
        beside={
          unsent > 0 && (
            <ClearButton
              deviceId={deviceId}
              unsent={upcoming.list.hasNextPage ? "all of them" : counted(unsent, "command")}
            />
          )
        }
      />
      <CommandList
        {...past}
        title="Past"
        empty="No command has been answered yet. Enrollment sends the first ones by itself."
      />
      <UserChannelsPanel deviceId={deviceId} />
      {send !== undefined && <SendPanel deviceId={deviceId} />}
      {send === undefined && shownId !== undefined && (
        <CommandPanel
          command={[...upcoming.commands, ...past.commands].find(({ id }) => id === shownId)}
          onClose={() => setSearch({ command: undefined })}
        />
      )}
    </>
  );
};
