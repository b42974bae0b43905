export { type DrillReport, drillBundle } from "./bundle/drill-bundle.ts";
export type { BundleLine, ValueLine } from "./bundle/lines.ts";
export { makeRecoveryKey } from "./bundle/make-recovery-key.ts";
export { type RecoveryKey, readBundle } from "./bundle/read-bundle.ts";
export { type BundleSource, writeBundle } from "./bundle/write-bundle.ts";
export type { RecoveryEntry, RecoveryLog } from "./ports.ts";
export { readRecovery } from "./show-recovery.ts";
