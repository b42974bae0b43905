export { type AgentsFeature } from "./feature.ts";
export { INSTALL_SECONDS, installAgent } from "./install-agent.ts";
export type {
  AgentDoor,
  AgentIdentity,
  AgentPackage,
  CommandQueue,
  DesiredSource,
  DeviceBus,
  MessageContext,
  MessageHandler,
  QueuedCommand,
  WireEnd,
} from "./ports.ts";
export { type AgentAddresses } from "./send-settings.ts";
export { startEpoch } from "./start-epoch.ts";
