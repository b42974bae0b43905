export { checkPayload, checkProfilePayload } from "./check-payload.ts";
export { compareVersions } from "./compare-versions.ts";
export type { Correction } from "./correction.ts";
export {
  checkInFacts,
  commandFacts,
  commandNames,
  declarationFacts,
  profileFacts,
  statusItemFacts,
} from "./facts.ts";
export { inputSchemaOf } from "./input-schema.ts";
export { type MaySend, maySend } from "./may-send.ts";
export type {
  KeySchema,
  KeyType,
  OsFacts,
  SchemaEntry,
  Table,
  TableEntry,
  TableKey,
  TableKind,
  UserEnrollmentMode,
} from "./model.ts";
export { plistOfInput } from "./plist-of-input.ts";
export type { Problem } from "./problems.ts";
export type { SendTarget } from "./send-target.ts";
