import type { Agent, AgentStore, HeldSettings } from "@pomona/agent";
import type { EsStream } from "../endpoint-security/event-stream.ts";
import type { RunningJob, StartProgram } from "../launchd/job-program.ts";
import type { MacModel } from "../model/mac-model.ts";
import type { ProcessSpace } from "../processes/mac-process.ts";
import type { ShownDialog } from "../userland/tool.ts";
import type { Userland } from "../userland/userland.ts";
import type { Journal } from "../virtual-mac/journal.ts";
import type { VirtualMacOptions } from "../virtual-mac/options.ts";
import type { VirtualRoot } from "../virtual-mac/virtual-root.ts";
import { AGENT_DATA } from "./agent-paths.ts";
import { openKeptStore } from "./kept-store.ts";
import { modelSensor } from "./model-sensor.ts";
import { modelTools } from "./model-tools.ts";
import { spaceKiller, spaceLookup } from "./space-killer.ts";
import { startInProcess } from "./start-in-process.ts";
import { startProcess } from "./start-process.ts";

export interface AgentSurroundings {
  readonly options: VirtualMacOptions;
  readonly model: MacModel;
  readonly root: VirtualRoot;
  readonly journal: Journal;
  readonly settings: HeldSettings;
  readonly processes: ProcessSpace;
  readonly events: EsStream;
  readonly hasFullDiskAccess: () => boolean;
  readonly showDialog: (dialog: ShownDialog) => Promise<string>;
  /** Undefined for an in-process agent. */
  readonly userland: Userland | undefined;
  readonly logFile: string;
}

/** Starts the jobs of this Mac's launchd, and knows the agent when it runs in our process. */
export interface AgentStarter {
  readonly start: StartProgram;
  agent(): Agent | undefined;
  close(): void;
}

export function agentStarter(mac: AgentSurroundings): AgentStarter {
  let agent: Agent | undefined;
  // Kept over the agent's starts: it is the disk.
  let store: AgentStore | undefined;

  const startCore = (reason: Parameters<StartProgram>[1]): RunningJob => {
    const { model, events, hasFullDiskAccess, processes, options } = mac;
    const killer = spaceKiller(processes);
    store ??= openKeptStore(mac.root.real(AGENT_DATA));
    const tools = modelTools(model, async ({ title, text, button, url }, user) => {
      await mac.showDialog({ at: Date.now(), user, title, text, button, url: url ?? "" });
    });
    return startInProcess({
      settings: mac.settings,
      reason,
      parts: {
        store,
        mac: tools,
        sensor: modelSensor({ events, killer, version: model.os.endpointSecurityVersion, hasFullDiskAccess }),
        killer,
        findProcess: spaceLookup(processes),
        ...(options.agentSpeed === undefined ? {} : { timings: options.agentSpeed }),
      },
      onStart: (started) => {
        agent = started;
      },
      onError: (error) => mac.journal.write("failed", String(error)),
    });
  };

  return {
    start: (programArguments, reason) => {
      const { root, userland, logFile } = mac;
      mac.journal.write("agent-started", reason);
      return userland === undefined
        ? startCore(reason)
        : startProcess(programArguments, { root, tools: userland.folder, logFile });
    },
    agent: () => agent,
    close: () => store?.close(),
  };
}
