import { type Agent, type AgentOptions, createAgent, type HeldSettings } from "@pomona/agent";
import type { JobEnd, RunningJob, StartReason } from "../launchd/job-program.ts";

export interface InProcessAgentOptions {
  readonly settings: HeldSettings;
  readonly parts: Omit<AgentOptions, "settings" | "startedBy">;
  readonly reason: StartReason;
  readonly onStart: (agent: Agent) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * The agent's core as a job of launchd. There is no way to kill a part of our own process without a word: SIGKILL is a stop that
 * nobody waits for, so freeze the network first where a Mac must vanish.
 */
export function startInProcess({ settings, parts, reason, onStart, onError }: InProcessAgentOptions): RunningJob {
  const { promise: exited, resolve } = Promise.withResolvers<JobEnd>();
  const agent = createAgent({ ...parts, settings, startedBy: reason });
  onStart(agent);
  agent.start().catch((error: unknown) => {
    onError(error);
    resolve({ code: 1, signal: undefined });
  });
  return {
    pid: undefined,
    exited,
    signal: (signal) => {
      if (signal === "SIGTERM") void agent.stop().then(() => resolve({ code: 0, signal: undefined }), onError);
      if (signal !== "SIGKILL") return;
      agent.stop().catch(onError);
      resolve({ code: undefined, signal });
    },
  };
}
