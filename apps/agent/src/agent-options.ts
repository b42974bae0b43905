import type { Killer } from "./kill/killer.ts";
import type { Log } from "./log.ts";
import type { MacTools } from "./mac/mac-tools.ts";
import type { ProcessLookup } from "./process-lookup.ts";
import type { SensorPort } from "./sensor-port.ts";
import type { SettingsSource } from "./settings/settings-source.ts";
import type { AgentStore } from "./store/agent-store.ts";
import type { Timings } from "./timings.ts";

/** Why the agent started, as it says in its first word. */
export type StartedBy = "boot" | "wake" | "crash" | "update";

/** What an agent is made of. Only `settings`, `store` and `mac` are needed; the rest has working defaults. */
export interface AgentOptions {
  readonly settings: SettingsSource;
  /** `openDiskStore(dataDir)` or `createMemoryStore()`. The agent does not close it: whoever opened it does. */
  readonly store: AgentStore;
  readonly mac: MacTools;
  /** Without one the agent says that it has no sensor, and keeps its rules for the next start. */
  readonly sensor?: SensorPort;
  /** Both are needed for `kill-process`; without them the order fails with a word. */
  readonly killer?: Killer;
  readonly findProcess?: ProcessLookup;
  /** The agent's own version. */
  readonly version?: string;
  /** After crashes: no rules are handed to the sensor until new ones arrive. */
  readonly safeMode?: boolean;
  readonly startedBy?: StartedBy;
  /** The environment of scripts, whole. Default: `PATH` of the system's own folders, `HOME`, `LANG`. */
  readonly scriptEnvironment?: Readonly<Record<string, string>>;
  readonly timings?: Partial<Timings>;
  /** Epoch ms. */
  readonly now?: () => number;
  /** 0 up to 1, for jitter. */
  readonly random?: () => number;
  readonly log?: Log;
}

/** How the agent stands, for tests, simulations and its own log. */
export interface AgentStatus {
  readonly running: boolean;
  readonly identity: "none" | "waitingForToken" | "enrolling" | "enrolled";
  readonly wire: "down" | "connecting" | "up";
  readonly net: "idle" | "standing";
  readonly desiredToken: string;
  readonly rulesInForce: number;
  /** Messages on disk that nobody has acknowledged yet. */
  readonly waiting: number;
  /** Messages that were given up for lack of room since the store was made. */
  readonly shed: number;
  readonly safeMode: boolean;
}

/** One agent. `start` and `stop` may be called once each, in that order. */
export interface Agent {
  start(): Promise<void>;
  /** Ends scripts, lanes, polls and the sensor; what could not be sent stays in the store. */
  stop(): Promise<void>;
  status(): AgentStatus;
}
