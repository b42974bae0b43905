import { Button, Checkbox, Collapse, Group, NumberInput, Stack, Textarea, TextInput } from "@mantine/core";
import { type InputOf, listOrders, placeOrder } from "@pomona/contract";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ApiCall } from "../../kit/api-call.tsx";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { useUrlParam } from "../../kit/url.ts";
import styles from "./run-script-tab.module.css";
import { scriptFault } from "./script-fault.ts";

const START = "#!/bin/sh\n";

/** A script for this Mac, run as root; the output appears while it runs. */
export const RunScriptTab = () => {
  const deviceId = useUrlParam("deviceId");
  const navigate = useNavigate();
  const place = usePerform(placeOrder, [listOrders]);
  const [script, setScript] = useState(START);
  const [interpreter, setInterpreter] = useState("");
  const [timeoutSeconds, setTimeoutSeconds] = useState(300);
  const [expiresInHours, setExpiresInHours] = useState(24);
  const [urgent, setUrgent] = useState(false);
  const [more, setMore] = useState(false);
  const fault = scriptFault(script);
  const interpreterFault =
    interpreter === "" || interpreter.startsWith("/") ? null : "An absolute path, such as /bin/zsh.";
  const input: InputOf<typeof placeOrder> = {
    deviceId,
    type: "run-script",
    input: { script, timeoutSeconds, ...(interpreter === "" ? {} : { interpreter }) },
    expiresInSeconds: expiresInHours * 3600,
    ...(urgent ? { urgent } : {}),
  };
  const run = () => {
    if (fault !== null || interpreterFault !== null || place.isPending) return;
    place.mutate(input, { onSuccess: (order) => void navigate({ to: `/devices/${deviceId}/orders/${order.id}` }) });
  };
  const keys = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      run();
    }
  };
  return (
    <Panel title="Run script" beside="as root, on this Mac only">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <Stack gap={16}>
          <Textarea
            aria-label="Script"
            autoFocus
            autosize
            minRows={12}
            maxRows={28}
            spellCheck={false}
            autoCapitalize="off"
            classNames={{ input: styles.script ?? "" }}
            value={script}
            error={script === START ? null : fault}
            onChange={(event) => setScript(event.currentTarget.value)}
            onKeyDown={keys}
          />
          <div>
            <Button variant="subtle" color="gray" aria-expanded={more} onClick={() => setMore(!more)}>
              {more ? "Fewer settings" : "Time limit, interpreter, urgency"}
            </Button>
            <Collapse expanded={more}>
              <div className={styles.settings}>
                <NumberInput
                  label="Time limit"
                  description="Seconds; then it is stopped"
                  min={1}
                  max={86_400}
                  value={timeoutSeconds}
                  onChange={(value) => setTimeoutSeconds(Number(value) || 300)}
                />
                <NumberInput
                  label="Give up after"
                  description="Hours without reaching the Mac"
                  min={1}
                  max={720}
                  value={expiresInHours}
                  onChange={(value) => setExpiresInHours(Number(value) || 24)}
                />
                <TextInput
                  label="Interpreter"
                  description="Empty: the #! line decides"
                  placeholder="/bin/zsh"
                  value={interpreter}
                  error={interpreterFault}
                  onChange={(event) => setInterpreter(event.currentTarget.value)}
                />
              </div>
              <Checkbox
                mt={12}
                label="Urgent: all three ways at once"
                description="Wire, wake-up and safety net race; the script still runs once."
                checked={urgent}
                onChange={(event) => setUrgent(event.currentTarget.checked)}
              />
            </Collapse>
          </div>
          {place.error !== null && <ProblemPanel problem={place.error} />}
          <Group gap={12}>
            <ActionButton
              action={placeOrder}
              type="submit"
              variant="filled"
              size="sm"
              loading={place.isPending}
              disabled={fault !== null || interpreterFault !== null}
            >
              Run
            </ActionButton>
            <span data-dimmed className={styles.hint}>
              Ctrl or ⌘ Enter. What the script starts inherits the agent's Full Disk Access.
            </span>
          </Group>
          <ApiCall action={placeOrder} input={input} />
        </Stack>
      </form>
    </Panel>
  );
};
