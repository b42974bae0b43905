import { parseArgs } from "node:util";
import { platformKiller } from "../kill/platform-killer.ts";
import { guardProcesses } from "../kill/process-guards.ts";
import { SensorSession } from "./sensor-session.ts";

/**
 * Runs this process as a sensor: frames on standard input and output, until the agent closes its end.
 * Arguments: `--tools DIR` (looked in before /usr/bin), `--protect PID` (never signalled; may be repeated).
 */
export function runSensorProcess(args: readonly string[]): void {
  const options = {
    sensor: { type: "boolean" },
    tools: { type: "string" },
    protect: { type: "string", multiple: true },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const session = new SensorSession({
    input: process.stdin,
    output: process.stdout,
    killer: platformKiller(guardProcesses((values.protect ?? []).map(Number))),
    toolFolders: [...(values.tools === undefined ? [] : [values.tools]), "/usr/bin"],
    onEnd: () => {
      session.stop();
      process.exit(0);
    },
  });
  session.start();
}
