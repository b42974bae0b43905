export { AGENT_VERSION, createAgent } from "./agent.ts";
export type { Agent, AgentOptions, AgentStatus, StartedBy } from "./agent-options.ts";
export type { AgentIdentity } from "./identity/agent-identity.ts";
export { createJsonLog, type Log, silentLog } from "./log.ts";
export { createMacTools, type MacToolsOptions, type SystemMacTools } from "./mac/create-mac-tools.ts";
export type {
  DialogOutcome,
  DialogText,
  MacApplication,
  MacFacts,
  MacIdentity,
  MacTools,
} from "./mac/mac-tools.ts";
export type { LedgerEntry, OrderLedger } from "./orders/order-ledger.ts";
export type { ProcessLookup, RunningProcess } from "./process-lookup.ts";
export type { SensorListener, SensorPort } from "./sensor-port.ts";
export { openSensorProcess, type SensorProcessPort } from "./sensor-process-port.ts";
export { parseSettings } from "./settings/parse-settings.ts";
export { readSettingsFile } from "./settings/settings-file.ts";
export { type HeldSettings, holdSettings, type SettingsSource } from "./settings/settings-source.ts";
export type { Spool } from "./spool/spool.ts";
export type { AgentStore } from "./store/agent-store.ts";
export { StoreError } from "./store/database.ts";
export { openDiskStore } from "./store/disk-store.ts";
export { createMemoryStore } from "./store/memory-store.ts";
export { DEFAULT_TIMINGS, type Timings } from "./timings.ts";
