import { Group, Radio, Stack, TextInput } from "@mantine/core";
import { continueDeparture } from "@pomona/contract";
import { useState } from "react";
import { ActionButton } from "../../kit/action-button.tsx";
import styles from "./departure.module.css";

type Choice = "handOver" | "erase";
const WORD = "erase";

/** Erase or hand over, each with its consequence; erasing asks for a typed word, because it cannot be undone. */
export const DepartureDecisionForm = ({ busy, onChoose }: { busy: boolean; onChoose: (choice: Choice) => void }) => {
  const [choice, setChoice] = useState<Choice | null>(null);
  const [typed, setTyped] = useState("");
  const isReady = choice === "handOver" || (choice === "erase" && typed.trim().toLowerCase() === WORD);
  return (
    <form
      noValidate
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !busy) onChoose(choice);
      }}
    >
      <Stack gap={12}>
        <Radio.Group label="What happens to this Mac?" value={choice} onChange={(value) => setChoice(value as Choice)}>
          <Stack gap={8} mt={8}>
            <Radio
              value="handOver"
              label="Hand it over"
              description="Everything on the disk stays. The next person gets an account on it. Nothing on the Mac changes yet."
            />
            <Radio
              value="erase"
              label="Erase it"
              description="Every file and account on the Mac is gone for good, and it restarts into Setup Assistant. If Activation Lock is on, show the bypass code first: after the erasure the Mac asks for it."
            />
          </Stack>
        </Radio.Group>
        {choice === "erase" && (
          <TextInput
            label={`Type “${WORD}” to confirm`}
            description="It cannot be undone. The command goes out when its undo window is over; until then it can be cancelled under Commands."
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        <Group>
          <ActionButton
            action={continueDeparture}
            type="submit"
            variant="filled"
            {...(choice === "erase" ? { color: "red.8" } : {})}
            loading={busy}
            disabled={!isReady}
          >
            {choice === "erase" ? "Erase this Mac" : choice === "handOver" ? "Hand it over" : "Decide"}
          </ActionButton>
        </Group>
      </Stack>
    </form>
  );
};
