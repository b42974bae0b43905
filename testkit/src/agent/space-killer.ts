import type { AgentOptions } from "@pomona/agent";
import type { ProcessSpace } from "../processes/mac-process.ts";

type Killer = NonNullable<AgentOptions["killer"]>;
type FindProcess = NonNullable<AgentOptions["findProcess"]>;

/** Kills in a table of processes, with the check that the kernel makes on a Mac: pid and pidversion must both be right. */
export const spaceKiller = (processes: ProcessSpace): Killer => ({
  means: "starttime",
  kill: (token, signal) => {
    if (token.pid <= 1) return { outcome: "refused", detail: "pid 0 and 1 are never killed" };
    const process = processes.find(token.pid);
    if (process === undefined) return { outcome: "notFound" };
    if (process.pidversion !== token.pidversion) return { outcome: "identityChanged" };
    return { outcome: process.signal(signal) ? "killed" : "notFound" };
  },
});

/** Who a pid is. */
export const spaceLookup =
  (processes: ProcessSpace): FindProcess =>
  (pid) => {
    const process = processes.find(pid);
    return Promise.resolve(
      process === undefined ? undefined : { token: { pid, pidversion: process.pidversion }, path: process.image.path },
    );
  };
