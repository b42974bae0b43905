import { Button, FileButton, Group, Stack } from "@mantine/core";
import { importRecords } from "@pomona/contract";
import { useState } from "react";
import { ActionButton } from "../../kit/action-button.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { type ReadLines, readLines } from "./import-lines.ts";
import { ImportOutcomes } from "./import-outcomes.tsx";
import { useImport } from "./use-import.ts";

interface ChosenFile extends ReadLines {
  readonly name: string;
}

/** A file from the other server: tried first, so that it is known what comes over and what does not, then taken. */
export const ImportPanel = () => {
  const [file, setFile] = useState<ChosenFile | null>(null);
  const { run, start, forget } = useImport();
  const choose = (given: File | null) => {
    if (given === null) return;
    forget();
    void given.text().then((text) => setFile({ name: given.name, ...readLines(text) }));
  };
  const isTried = run !== null && run.isDryRun && !run.isRunning && run.problem === null;
  const comes = run?.outcomes.filter(({ outcome }) => outcome === "imported").length ?? 0;
  return (
    <Panel title="Take over enrollments" flush={false}>
      <Stack gap={16}>
        <span>
          Choose the file of JSON lines that the guide “Moving in” describes. It holds secrets: it is read here, sent to
          this server only, and kept by nobody but the server, sealed.
        </span>
        <Group gap={8}>
          <FileButton accept=".jsonl,.ndjson,.json,.txt" onChange={choose}>
            {(props) => <Button {...props}>Choose a file</Button>}
          </FileButton>
          {file !== null && (
            <span>
              <bdi>{file.name}</bdi>: {(file.lines.length + file.faults.length).toLocaleString("en")} records
            </span>
          )}
        </Group>
        {file !== null && (
          <Group gap={8}>
            <ActionButton
              action={importRecords}
              variant={isTried ? "default" : "filled"}
              loading={run?.isRunning === true && run.isDryRun}
              onClick={() => void start(file, true)}
            >
              Try it without changing anything
            </ActionButton>
            {isTried && (
              <ActionButton
                action={importRecords}
                variant="filled"
                disabled={comes === 0}
                onClick={() => void start(file, false)}
              >
                {comes === 1 ? "Take over 1 record" : `Take over ${comes.toLocaleString("en")} records`}
              </ActionButton>
            )}
          </Group>
        )}
        {isTried && comes > 0 && (
          <Notice tone="attention" title="What taking over means">
            Nothing is sent to a Mac. From the moment on that the old server's name points here, these Macs are managed
            from here: stop the old server's work first, and take no new enrollment there.
          </Notice>
        )}
        {run !== null && run.problem !== null && (
          <ProblemPanel
            problem={run.problem}
            {...(file === null ? {} : { retry: () => void start(file, run.isDryRun) })}
          />
        )}
        {run !== null && <ImportOutcomes run={run} />}
      </Stack>
    </Panel>
  );
};
