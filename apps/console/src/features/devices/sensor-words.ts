import type { Tone } from "../../kit/state-badge.tsx";

const WORDS: Readonly<Record<string, readonly [word: string, tone: Tone]>> = {
  running: ["Running", "good"],
  starting: ["Starting", "progress"],
  backoff: ["Starting again", "attention"],
  needsFullDiskAccess: ["Needs Full Disk Access", "attention"],
  esloggerMissing: ["eslogger is missing", "attention"],
  stopped: ["Stopped", "attention"],
  safeMode: ["Safe mode", "attention"],
  none: ["No sensor", "attention"],
  unknown: ["Not reported", "unknown"],
};

/** How exec monitoring stands, in words; a state that is not known yet shows its name. */
export const sensorWord = (sensor: {
  readonly state: string;
  readonly detail: string;
}): { word: string; tone: Tone; why: string | null } => {
  const [word, tone] = WORDS[sensor.state === "" ? "unknown" : sensor.state] ?? [sensor.state, "attention" as const];
  return { word, tone, why: sensor.detail === "" ? null : sensor.detail };
};
