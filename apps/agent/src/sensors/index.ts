export { parseEsloggerLine } from "./eslogger-parser.ts";
export { ExecGuard, type ExecGuardPorts } from "./exec-guard.ts";
export type { SensorCapabilities } from "./frame-protocol.ts";
export type { Hit, HitAction, HitTimes } from "./hit.ts";
export { splitLines } from "./line-splitter.ts";
export { SensorClient, type SensorClientOptions, type SensorListener } from "./sensor-client.ts";
export type {
  EventEnvelope,
  ExecEvent,
  ExitEvent,
  ForkEvent,
  OtherEvent,
  ProcessImage,
  SensorEvent,
} from "./sensor-events.ts";
export type { SensorCounters, SensorHealth, SensorState } from "./sensor-health.ts";
export { SENSOR_NODE_OPTIONS } from "./sensor-node-options.ts";
export { runSensorProcess } from "./sensor-process.ts";
