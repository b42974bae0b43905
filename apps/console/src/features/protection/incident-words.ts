import type { Incident } from "@pomona/contract";
import type { Tone } from "../../kit/state-badge.tsx";
import { duration } from "../../kit/time/format-duration.ts";

/** The last part of a path. */
export const baseName = (path: string): string => path.split("/").filter(Boolean).at(-1) ?? path;

const OUTCOMES: Readonly<Record<string, string>> = {
  notFound: "it had ended by itself before",
  identityChanged: "another process had taken its number",
  refused: "macOS refused",
  budget: "the Mac's kill budget was used up, which protects against a runaway rule",
  platformBinary: "it is part of macOS, and the rule does not allow that",
};

/** What was done, in a word. */
export const outcomeWord = (
  incident: Pick<Incident, "action" | "outcome">,
): { word: string; tone: Tone; why: string } => {
  if (incident.action === "report")
    return { word: "Reported", tone: "progress", why: "The process was allowed to run" };
  if (incident.outcome === "killed") return { word: "Killed", tone: "good", why: "The process was stopped" };
  return { word: "Not killed", tone: "act", why: OUTCOMES[incident.outcome] ?? incident.outcome };
};

/** One sentence: what was stopped, where, how fast. */
export const incidentSentence = (incident: Incident): string => {
  const name = baseName(incident.process.path);
  const by = incident.process.user === null ? "" : `, started by ${incident.process.user},`;
  if (incident.action === "report") return `${name}${by} ran on ${incident.deviceName}; the rule only reports.`;
  if (incident.outcome === "killed")
    return `${name}${by} was killed on ${incident.deviceName} in ${duration(incident.actionAfterMs)}.`;
  return `${name}${by} was not killed on ${incident.deviceName}: ${OUTCOMES[incident.outcome] ?? incident.outcome}.`;
};

/** The three times in ms from the event: the act by the Mac's clock, the arrival by ours, whose clock may differ. */
export const incidentSpans = (
  incident: Pick<Incident, "eventAt" | "arrivedAt" | "actionAfterMs">,
): { actionMs: number; arrivedMs: number } => ({
  actionMs: incident.actionAfterMs,
  arrivedMs: Date.parse(incident.arrivedAt) - Date.parse(incident.eventAt),
});
