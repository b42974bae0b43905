import { Button } from "@mantine/core";
import { type Command, cancelCommand, listCommands } from "@pomona/contract";
import { useMay } from "../../client/session.tsx";
import { usePerform } from "../../client/use-action.ts";
import { CopyText } from "../../kit/copy-text.tsx";
import { State } from "../../kit/state-badge.tsx";
import { When } from "../../kit/time/when.tsx";
import { toast } from "../../kit/toasts.ts";
import { commandWord, isCancellable } from "./command-words.ts";
import styles from "./commands-tab.module.css";

/** A command: what, how far, what it waits for or what went wrong, who asked. */
export const CommandRow = ({ command }: { command: Command }) => {
  const cancel = usePerform(cancelCommand, [listCommands]);
  const mayCancel = useMay(cancelCommand);
  const { word, tone, why } = commandWord(command);
  const end = command.answeredAt ?? command.sentAt ?? command.createdAt;
  return (
    <li className={styles.command}>
      <div className={styles.what}>
        <strong>{command.requestType}</strong>
        <span data-dimmed>
          <CopyText text={command.commandUuid} what="command UUID" />
        </span>
      </div>
      <div className={styles.how}>
        <State word={word} tone={tone} />
        {why !== null && (
          <span className={styles.why}>
            {command.waitsFor === null ? why : `waiting for ${why.replace(/^waiting for /i, "")}`}
          </span>
        )}
        {command.notNowCount > 0 && (
          <span className={styles.why}>
            put off {command.notNowCount === 1 ? "once" : `${command.notNowCount} times`}
          </span>
        )}
      </div>
      <div className={styles.who}>
        <When at={end} />
        <span data-dimmed>
          by <bdi>{command.actor}</bdi>
        </span>
      </div>
      <div className={styles.act}>
        {mayCancel && isCancellable(command.state) && (
          <Button
            variant="subtle"
            color="gray"
            aria-label={`Cancel ${command.requestType}`}
            loading={cancel.isPending}
            onClick={() =>
              cancel.mutate(
                { deviceId: command.deviceId, commandId: command.id },
                { onError: (problem) => toast({ tone: "act", title: problem.title, text: problem.message }) },
              )
            }
          >
            Cancel
          </Button>
        )}
      </div>
    </li>
  );
};
