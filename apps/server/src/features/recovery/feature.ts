import type { Feature, Kernel } from "../../kernel/feature.ts";
import { bundleMigrations } from "./bundles.sql.ts";
import { confirmDrill } from "./confirm-drill.ts";
import { makeFirstKeys } from "./first-keys.job.ts";
import { onDeviceEnrolled } from "./on-device-enrolled.ts";
import type { RecoveryPorts } from "./ports.ts";
import { resealOld } from "./reseal.job.ts";
import { resealMigrations } from "./reseals.sql.ts";
import { rotateDataKey } from "./rotate-data-key.ts";
import { showRecovery } from "./show-recovery.ts";
import { takeLog } from "./take-log.job.ts";

export const createRecovery = (kernel: Kernel, { log, sealed }: RecoveryPorts): Feature => ({
  name: "recovery",
  migrations: [...bundleMigrations, ...resealMigrations],
  actions: [showRecovery(kernel), rotateDataKey(kernel, sealed), confirmDrill],
  factHandlers: [onDeviceEnrolled(kernel)],
  jobs: [makeFirstKeys(kernel), takeLog(kernel, log), resealOld(kernel, sealed)],
});
