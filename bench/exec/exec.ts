import { type ExecFigures, measureExec } from "../exec-core/measure-exec.ts";
import { type IncidentTimes, measureIncidents } from "./incident-times.ts";

/** A Mac stops killing and only reports beyond 30 kills in a minute. */
const INCIDENTS = 28;

/** The agent's core on its own, then the whole way through a server. */
export async function measureExecToIncident(options: {
  readonly short: boolean;
}): Promise<ExecFigures & { readonly whole: IncidentTimes }> {
  const core = await measureExec(options);
  const whole = await measureIncidents(INCIDENTS);
  return { ...core, whole };
}
