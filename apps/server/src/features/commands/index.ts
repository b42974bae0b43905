export type { Sender } from "./answer-poll.ts";
export type { BatchOrder, BatchSlices, Refused } from "./batch-slices.ts";
export { commandCatalog } from "./catalog/index.ts";
export { pageOfMacs } from "./command-pages.ts";
export { type CommandOrder, CommandQueue, type QueuedCommand } from "./command-queue.ts";
export { commandSealed } from "./command-tables.sql.ts";
export type { CommandsFeature } from "./commands-feature.ts";
export { findDefinition } from "./definitions.ts";
export { type CommandRow, DEFAULT_TTL_MS, type Lane, riskToOne } from "./model.ts";
export type {
  AnswerHook,
  ApprovalPort,
  AskedCommand,
  CommandAnswer,
  HeldSource,
  HeldThing,
  QueuedInput,
  QueueHook,
  UndoPolicy,
} from "./ports.ts";
export { noApproval } from "./ports.ts";
export type { SetupWork } from "./setup/setup-work.ts";
