export { type DrillReport, drillBundle } from "./bundle/drill-bundle.ts";
export type { BundleLine, ValueLine } from "./bundle/lines.ts";
export { makeBundleKey } from "./bundle/make-bundle-key.ts";
export { type BundleKey, readBundle } from "./bundle/read-bundle.ts";
export { type BundleSource, writeBundle } from "./bundle/write-bundle.ts";
export type { RecoveryEntry, RecoveryLog } from "./ports.ts";
export { readRecovery } from "./show-recovery.ts";
