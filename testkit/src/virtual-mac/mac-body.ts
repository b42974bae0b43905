import { join } from "node:path";
import { type Agent, type HeldSettings, holdSettings } from "@pomona/agent";
import { AGENT_LABEL } from "../agent/agent-paths.ts";
import { agentStarter } from "../agent/agent-starter.ts";
import { startEvents } from "../endpoint-security/es-event.ts";
import { type EsloggerFaults, noFaults } from "../endpoint-security/eslogger-faults.ts";
import { createEsStream, type EsStream } from "../endpoint-security/event-stream.ts";
import type { RunningJob } from "../launchd/job-program.ts";
import { VirtualLaunchd } from "../launchd/virtual-launchd.ts";
import type { MacModel } from "../model/mac-model.ts";
import { directNetwork, type MacNetwork, switchableNetwork } from "../network/mac-network.ts";
import { type AppRequest, imageOf, placeBundles } from "../processes/app-image.ts";
import type { MacProcess, ProcessSpace } from "../processes/mac-process.ts";
import { createRealProcesses } from "../processes/real-processes.ts";
import { createVirtualProcesses } from "../processes/virtual-processes.ts";
import type { ShownDialog, ToolContext } from "../userland/tool.ts";
import { startUserland, type Userland } from "../userland/userland.ts";
import type { Journal } from "./journal.ts";
import type { VirtualMacOptions } from "./options.ts";
import { openVirtualRoot, type VirtualRoot } from "./virtual-root.ts";

/** The machine around the management client. */
export interface MacBody {
  readonly root: VirtualRoot;
  readonly network: MacNetwork;
  readonly launchd: VirtualLaunchd;
  readonly processes: ProcessSpace;
  readonly events: EsStream;
  /** What `eslogger` shall do wrong next. */
  readonly eslogger: EsloggerFaults;
  readonly dialogs: ShownDialog[];
  /** Every start of a tool with its arguments, the last ten thousand. */
  readonly toolStarts: string[];
  /** The in-process agent's settings. */
  readonly settings: HeldSettings;
  /** The in-process agent, while it runs. */
  readonly agent: Agent | undefined;
  /** The folder of executables; undefined unless the agent is a process. */
  readonly toolsFolder: string | undefined;
  /** What the jobs of launchd wrote, in process mode. */
  readonly logFile: string;
  /** Keeps the model after a tool has changed it; the Mac's management sets it. */
  modelChanged: () => Promise<void>;
  launchApp(request: AppRequest): Promise<MacProcess>;
  powerOn(): Promise<void>;
  suspend(): void;
  resume(): void;
  cutPower(): Promise<void>;
  shutDown(): Promise<void>;
  close(): Promise<void>;
}

export async function openBody(options: VirtualMacOptions, model: MacModel, journal: Journal): Promise<MacBody> {
  const isProcess = options.agentMode === "process";
  const root = await openVirtualRoot(join(options.folder, "disk"));
  const logFile = join(options.folder, "jobs.log");
  const network = options.network === "switchable" ? switchableNetwork() : directNetwork;
  const events = createEsStream();
  const eslogger = noFaults();
  const dialogs: ShownDialog[] = [];
  const toolStarts: string[] = [];
  const settings = holdSettings();
  const processes = isProcess ? createRealProcesses(root) : createVirtualProcesses();

  /** Whoever runs under a launchd job is judged by the job's program, or by the bundle that it belongs to. */
  const hasFullDiskAccess = (): boolean => {
    const subjects = [AGENT_LABEL, launchd.program(AGENT_LABEL)];
    return model.profiles.some((profile) => profile.fullDiskAccess.some((identifier) => subjects.includes(identifier)));
  };
  const showDialog = (dialog: ShownDialog): Promise<string> => {
    dialogs.push(dialog);
    journal.write("dialog", dialog.title);
    return Promise.resolve(dialog.button);
  };
  const context: ToolContext = {
    model,
    events,
    eslogger,
    started: toolStarts,
    hasFullDiskAccess,
    showDialog,
    modelChanged: () => body.modelChanged(),
  };
  const userland: Userland | undefined = isProcess
    ? await startUserland(join(options.folder, "tools"), context)
    : undefined;

  const starter = agentStarter({
    options,
    model,
    root,
    journal,
    settings,
    processes,
    events,
    hasFullDiskAccess,
    showDialog,
    userland,
    logFile,
  });
  const launchd = new VirtualLaunchd(
    root,
    (programArguments, reason) => {
      const job = starter.start(programArguments, reason);
      void job.exited.then(({ code, signal }) => journal.write("agent-ended", signal ?? `code ${code}`));
      return job;
    },
    options.launchdThrottleMs,
  );

  const launchApp = async (request: AppRequest): Promise<MacProcess> => {
    const uid = model.users.find((user) => user.name === model.consoleUser)?.uid ?? 501;
    const process = await processes.launch({ image: imageOf(request, model), args: request.args ?? [], uid });
    void process.exited.then(({ signal, code, at }) => {
      const status = signal === undefined ? (code ?? 0) << 8 : signal === "SIGKILL" ? 9 : 15;
      events.emit({ name: "exit", at, process, status });
    });
    for (const event of startEvents(process)) events.emit(event);
    return process;
  };
  const jobs = (): RunningJob[] => launchd.labels().flatMap((label) => launchd.running(label) ?? []);
  if (isProcess) await placeBundles(root, model);

  const body: MacBody = {
    modelChanged: () => Promise.resolve(),
    root,
    network,
    launchd,
    processes,
    events,
    eslogger,
    dialogs,
    toolStarts,
    settings,
    get agent() {
      return starter.agent();
    },
    toolsFolder: userland?.folder,
    logFile,
    launchApp,
    powerOn: () => (options.agentMode === "none" ? Promise.resolve() : launchd.loadAll()),
    suspend: () => {
      for (const job of jobs()) job.signal("SIGSTOP");
    },
    resume: () => {
      for (const job of jobs()) job.signal("SIGCONT");
    },
    cutPower: async () => {
      userland?.cut();
      await Promise.all([launchd.cutPower(), processes.killAll()]);
    },
    shutDown: async () => {
      await launchd.shutDown();
      await processes.killAll();
    },
    close: async () => {
      for (const job of jobs()) job.signal("SIGCONT");
      await launchd.shutDown();
      await processes.killAll();
      await Promise.all([userland?.close(), network.close()]);
      starter.close();
    },
  };
  return body;
}
