import { Button } from "@mantine/core";
import { type Command, cancelCommand, listCommands, retryCommand } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { useMay } from "../../client/session.tsx";
import { usePerform } from "../../client/use-action.ts";
import { CopyText } from "../../kit/copy-text.tsx";
import { problemToast } from "../../kit/problem-toast.ts";
import { State } from "../../kit/state-badge.tsx";
import { When } from "../../kit/time/when.tsx";
import { commandWord, isCancellable, isInUndoWindow, isRetryable } from "./command-words.ts";
import styles from "./commands-tab.module.css";
import { UndoWindow } from "./undo-window.tsx";
import { useRetry } from "./use-retry.ts";

/** What is out of the ordinary about a command, each in a word or two. */
const marksOf = (command: Command): readonly string[] => [
  ...(command.channel === null ? [] : ["to a user's channel"]),
  ...(command.isRaw ? ["unchecked property list"] : []),
  ...(command.lane === "normal" ? [] : [command.lane]),
  ...(command.retryOf === null ? [] : ["sent again"]),
  ...(command.retriedBy === null ? [] : ["was sent again"]),
];

const Why = ({ command }: { command: Command }) => {
  const { why } = commandWord(command);
  if (isInUndoWindow(command, Date.now()) && command.notBefore !== null)
    return (
      <span className={styles.why}>
        <UndoWindow until={command.notBefore} />
      </span>
    );
  if (why === null) return null;
  return (
    <span className={styles.why}>
      {command.waitsFor === null ? why : `waiting for ${why.replace(/^waiting for /i, "")}`}
    </span>
  );
};

/** A command: what, how far, what it waits for or what went wrong, who asked; its name opens all that is known of it. */
export const CommandRow = ({ command }: { command: Command }) => {
  const cancel = usePerform(cancelCommand, [listCommands]);
  const again = useRetry();
  const [mayCancel, mayRetry] = [useMay(cancelCommand), useMay(retryCommand)];
  const { word, tone } = commandWord(command);
  const end = command.answeredAt ?? command.sentAt ?? command.createdAt;
  const marks = marksOf(command);
  return (
    <li className={styles.command}>
      <div className={styles.what}>
        <Link
          to="."
          search={((before: object) => ({ ...before, command: command.id })) as never}
          className={styles.name}
          replace
        >
          {command.requestType}
        </Link>
        <span data-dimmed>
          <CopyText text={command.commandUuid} what="command UUID" />
        </span>
        {(marks.length > 0 || command.batchId !== null) && (
          <span className={styles.marks}>
            {marks.join(", ")}
            {command.batchId !== null && (
              <>
                {marks.length > 0 && ", "}
                <Link to={`/commands/batches/${command.batchId}`}>of a batch</Link>
              </>
            )}
          </span>
        )}
      </div>
      <div className={styles.how}>
        <State word={word} tone={tone} />
        <Why command={command} />
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
        {command.answeredAt === null && command.expiresAt !== null && (
          <span data-dimmed>
            given up <When at={command.expiresAt} />
          </span>
        )}
      </div>
      <div className={styles.act}>
        {mayCancel && isCancellable(command.state) && (
          <Button
            variant="subtle"
            color="gray"
            aria-label={`Cancel ${command.requestType}`}
            loading={cancel.isPending}
            onClick={() =>
              void cancel.mutateAsync({ deviceId: command.deviceId, commandId: command.id }).catch(problemToast)
            }
          >
            Cancel
          </Button>
        )}
        {mayRetry && isRetryable(command) && (
          <Button
            variant="subtle"
            color="gray"
            aria-label={`Retry ${command.requestType}`}
            loading={again.isPending}
            onClick={() => again.retry(command)}
          >
            Retry
          </Button>
        )}
      </div>
    </li>
  );
};
