export type { AgentsFeature } from "./feature.ts";
export { INSTALL_SECONDS, installAgent } from "./install-agent.ts";
export { mdmCommands } from "./mdm-commands.ts";
export { MessageRate, type Rate } from "./message-rate.ts";
export { type OrderRow } from "./model.ts";
export { orderSealed, readOrder } from "./orders.sql.ts";
export type {
  AgentDoor,
  AgentIdentity,
  AgentPackage,
  DesiredSource,
  DeviceBus,
  InstallCommand,
  MdmCommands,
  MessageContext,
  MessageHandler,
  PackageManifest,
  WireEnd,
} from "./ports.ts";
export type { AgentAddresses } from "./send-settings.ts";
export { type OrderRequest, type StoreOrder } from "./store-order.ts";
