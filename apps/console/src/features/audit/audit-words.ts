import { type AuditEntry, actions } from "@pomona/contract";
import type { Tone } from "../../kit/state-badge.tsx";

const summaries: ReadonlyMap<string, string> = new Map(actions.map((action) => [action.name, action.summary]));

/** What the action does, as a menu would say it; its name where this console does not know it. */
export const actionSummary = (name: string): string => summaries.get(name) ?? name;

const OUTCOMES: Record<AuditEntry["outcome"], { word: string; tone: Tone }> = {
  done: { word: "Done", tone: "good" },
  refused: { word: "Refused", tone: "attention" },
  failed: { word: "Failed", tone: "act" },
};

export const outcomeOf = (entry: Pick<AuditEntry, "outcome">): { word: string; tone: Tone } => OUTCOMES[entry.outcome];

/** The input in one line: `name: Block x, mode: block`. */
export const inputLine = (input: Readonly<Record<string, unknown>>): string =>
  Object.entries(input)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
