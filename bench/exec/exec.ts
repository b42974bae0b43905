import { type ExecFigures, measureExec } from "../exec-core/measure-exec.ts";
import { type IncidentTimes, measureIncidents } from "./incident-times.ts";

/** The agent's core on its own, then the whole way through a server. */
export async function measureExecToIncident(options: {
  readonly short: boolean;
}): Promise<ExecFigures & { readonly whole: IncidentTimes }> {
  const core = await measureExec(options);
  const whole = await measureIncidents(options.short ? 30 : 100);
  return { ...core, whole };
}
