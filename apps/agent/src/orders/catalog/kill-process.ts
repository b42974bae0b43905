import type { KillProcessInput } from "@pomona/agent-protocol";
import type { Killer, KillOutcome } from "../../kill/killer.ts";
import type { ProcessLookup } from "../../process-lookup.ts";
import { failed, type OrderRunner } from "../order-outcome.ts";

const WORDS: Readonly<Record<Exclude<KillOutcome, "killed">, string>> = {
  notFound: "The process ended before it could be stopped.",
  identityChanged: "The process id belongs to another process by now; nothing was stopped.",
  notPermitted: "macOS did not permit stopping the process.",
  refused: "The agent never stops this process.",
  failed: "The process could not be stopped safely.",
};

/** Stops a process by its identity: the pid is looked up, compared with the given path, and killed only as that same process. */
export function killProcess(killer: Killer | undefined, find: ProcessLookup | undefined): OrderRunner {
  return async (input) => {
    const { pid, path } = input as KillProcessInput;
    if (killer === undefined || find === undefined) return failed("This agent cannot stop processes.");
    if (pid <= 1 || pid === process.pid || pid === process.ppid) return failed(WORDS.refused);
    const found = await find(pid);
    if (found === undefined) return failed("There is no process with this id.");
    if (path !== undefined && found.path !== path) return failed("The process id belongs to another executable.");
    const { outcome } = killer.kill(found.token, "SIGKILL");
    const data = { outcome, means: killer.means };
    return outcome === "killed" ? { state: "succeeded", data } : failed(WORDS[outcome], { data });
  };
}
