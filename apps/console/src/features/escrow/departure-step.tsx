import type { Departure, DepartureStep } from "@pomona/contract";
import { CodeBlock } from "../../kit/code-block.tsx";
import { State, type Tone } from "../../kit/state-badge.tsx";
import { Step } from "../../kit/step-list.tsx";
import styles from "./departure.module.css";
import { commandsOf } from "./departure-commands.ts";
import { DepartureStepForm } from "./departure-step-form.tsx";
import { RUNNING_WORDS, stepWord } from "./departure-words.ts";

interface DepartureStepProps {
  number: number;
  step: DepartureStep;
  departure: Departure;
}

const toneOf = (isGood: boolean | null): Tone => (isGood === null ? "unknown" : isGood ? "good" : "attention");

/** One step: what it does, what was found, what macOS allows nobody, and, while it is its turn, what to do. */
export const DepartureStepItem = ({ number, step, departure }: DepartureStepProps) => {
  const isCurrent = departure.state === "open" && departure.step === step.step;
  const commands = isCurrent ? commandsOf(step.step, departure) : [];
  return (
    <Step number={number} title={step.title} state={stepWord(step.state)} at={step.at} isCurrent={isCurrent}>
      {(isCurrent || step.state === "waiting") && (
        <p className={styles.text} data-dimmed={isCurrent ? undefined : ""}>
          {step.text}
        </p>
      )}
      {step.findings.length > 0 && (
        <ul className={styles.findings} aria-label="What was found">
          {step.findings.map((finding, index) => (
            <li key={`${index} ${finding.text}`}>
              <State tone={toneOf(finding.isGood)} word={finding.text} />
            </li>
          ))}
        </ul>
      )}
      {isCurrent && step.limit !== null && (
        <p className={styles.limit}>What macOS does not allow from afar: {step.limit}</p>
      )}
      {isCurrent && step.state === "running" && <p className={styles.text}>{RUNNING_WORDS[step.step]}</p>}
      {isCurrent && step.todo !== null && <p className={styles.todo}>{step.todo}</p>}
      {isCurrent && <DepartureStepForm departure={departure} step={step} />}
      {commands.length > 0 && (
        <details open={step.state === "needsPerson"}>
          <summary>Commands for Terminal on the Mac</summary>
          <dl className={styles.commands}>
            {commands.map(({ what, command }) => (
              <div key={command}>
                <dt>{what}</dt>
                <dd>
                  <CodeBlock text={command} label={what} />
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </Step>
  );
};
