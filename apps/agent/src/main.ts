import { AGENT_VERSION, createAgent } from "./agent.ts";
import { platformProcessLookup } from "./find-process.ts";
import { guardProcesses, platformKiller } from "./kill/index.ts";
import { createJsonLog, type Log } from "./log.ts";
import { createMacTools } from "./mac/create-mac-tools.ts";
import { DEFAULT_SCRIPT_ENVIRONMENT } from "./orders/catalog/run-script.ts";
import { type AgentArguments, parseArguments } from "./process/arguments.ts";
import { countCrashes, SHORT_LIFE_MS } from "./process/crash-counter.ts";
import { forbiddenInfluence } from "./process/refuse-environment.ts";
import { openSensorProcess } from "./sensor-process-port.ts";
import { runSensorProcess, SENSOR_NODE_OPTIONS } from "./sensors/index.ts";
import { readSettingsFile } from "./settings/settings-file.ts";
import { StoreError } from "./store/database.ts";
import { openDiskStore } from "./store/disk-store.ts";

/** `EX_USAGE` and `EX_CONFIG` of sysexits.h: launchd tries again, slowly, and the log says why. */
const USAGE = 64;
const CONFIG = 78;

async function main(): Promise<number> {
  const log = createJsonLog((line) => process.stderr.write(line), Date.now);
  const influence = forbiddenInfluence(process.env, process.execArgv);
  if (influence !== undefined) {
    log.warn("main.environment-refused", { name: influence });
    return CONFIG;
  }
  // A log that nobody reads any more is no reason to end.
  process.stderr.on("error", () => {});
  // The signal that would open Node's inspector.
  process.on("SIGUSR1", () => {});
  if (process.argv.includes("--sensor")) return runSensor();
  if (process.argv.includes("--version")) {
    process.stdout.write(`${AGENT_VERSION}\n`);
    return 0;
  }
  let given: AgentArguments;
  try {
    given = parseArguments(process.argv.slice(2));
  } catch (error) {
    log.warn("main.arguments-refused", { reason: error instanceof Error ? error.message : "" });
    return USAGE;
  }
  process.umask(0o077);
  return runAgent(given, log);
}

/** The sensor's process ends by itself when its agent closes the pipe. */
function runSensor(): Promise<number> {
  runSensorProcess(process.argv.slice(2));
  return new Promise(() => {});
}

async function runAgent({ settings, data, tools, root }: AgentArguments, log: Log): Promise<number> {
  const store = openDiskStore(data);
  const crashes = countCrashes(data, Date.now);
  const toolsPath = tools === undefined ? {} : { PATH: `${tools}:${DEFAULT_SCRIPT_ENVIRONMENT["PATH"]}` };
  const findProcess = platformProcessLookup(root);
  const sensor = openSensorProcess([
    process.execPath,
    ...SENSOR_NODE_OPTIONS,
    ...(process.argv[1] === undefined ? [] : [process.argv[1]]),
    "--sensor",
    ...(tools === undefined ? [] : ["--tools", tools]),
  ]);
  const guard = guardProcesses([]);
  const mac = createMacTools({
    now: Date.now,
    ...(tools === undefined ? {} : { toolsFolder: tools }),
    ...(root === undefined ? {} : { root }),
  });
  const agent = createAgent({
    settings: readSettingsFile(settings, log),
    store,
    mac,
    sensor,
    killer: platformKiller((token) => {
      return guard(token) ?? (token.pid === sensor.pid() ? "the agent does not signal its sensor" : undefined);
    }),
    ...(findProcess === undefined ? {} : { findProcess }),
    safeMode: crashes.isSafeMode,
    startedBy: crashes.afterCrash ? "crash" : "boot",
    scriptEnvironment: { ...DEFAULT_SCRIPT_ENVIRONMENT, ...toolsPath },
    log,
  });
  log.info("main.start", { pid: process.pid, safeMode: crashes.isSafeMode, afterCrash: crashes.afterCrash });
  await agent.start();
  const settled = setTimeout(() => crashes.survived(), SHORT_LIFE_MS);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
  clearTimeout(settled);
  await agent.stop();
  mac.close();
  crashes.stoppedCleanly();
  store.close();
  log.info("main.stop");
  return 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const reason = error instanceof StoreError ? error.message : error instanceof Error ? error.message : "unknown";
    process.stderr.write(`${JSON.stringify({ level: "warn", event: "main.failed", reason })}\n`);
    process.exit(1);
  },
);
