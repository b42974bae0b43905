export { configFrom, readSettings, SETTINGS, type ServerConfig, type Shipped } from "./config.ts";
export { changeMasterKey, kmsOf } from "./main/keys.ts";
export { confirmRecoveryDrill, exportRecovery } from "./main/recovery.ts";
export { type BundleFiles, drillRecovery, makeBundleKeyFiles, openSecrets } from "./main/recovery-drill.ts";
export { type RunningServer, startServer } from "./main.ts";
