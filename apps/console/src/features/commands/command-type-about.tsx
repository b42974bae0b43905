import { Text } from "@mantine/core";
import { State } from "../../kit/state-badge.tsx";
import styles from "./command-fields.module.css";
import { riskWord } from "./risk-words.ts";
import type { CommandType } from "./use-command-draft.ts";

/** What a Mac must be or have, as sentences; what is true of every Mac is not said. */
export const needsOf = (type: CommandType): readonly string[] => [
  ...(type.introduced === null || Number.parseFloat(type.introduced) < 11 ? [] : [`macOS ${type.introduced} or later`]),
  ...(type.removed === null ? [] : [`macOS before ${type.removed}, where it is gone`]),
  ...(type.chip === null ? [] : [type.chip === "apple" ? "Apple silicon" : "an Intel processor"]),
  ...(type.needsAutomatedEnrollment ? ["automated enrollment"] : type.needsSupervision ? ["supervision"] : []),
  ...(type.allowsUserEnrollment ? [] : ["an enrollment of the whole Mac"]),
  ...(type.channels.includes("device") ? [] : ["a user's channel"]),
];

/** What a kind of command does, how bad it can get, and which Macs take it. */
export const CommandTypeAbout = ({ type }: { type: CommandType }) => {
  const risk = riskWord(type.risk);
  const needs = needsOf(type);
  return (
    <div className={styles.about}>
      <Text size="sm">{type.summary}</Text>
      <div className={styles.line}>
        <State tone={risk.tone} word={risk.word} /> <span data-dimmed>{risk.why}</span>
      </div>
      {needs.length > 0 && <div data-dimmed>Needs: {needs.join("; ")}.</div>}
      {type.deprecated !== null && <div data-dimmed>Apple asks not to use it from macOS {type.deprecated} on.</div>}
      {type.kind === "generic" && (
        <div data-dimmed>
          Its keys are Apple's own and are checked against Apple's tables. The answer is kept, and nothing is read from
          it.
        </div>
      )}
    </div>
  );
};
