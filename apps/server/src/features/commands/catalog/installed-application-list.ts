import type { Application } from "@pomona/contract";
import { readInstalledApplications } from "@pomona/mdm";
import { storeReport } from "../../devices/index.ts";
import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./empty-input.ts";

export const installedApplicationList = defineCommand({
  requestType: "InstalledApplicationList",
  summary: "Ask for the installed applications",
  risk: "change",
  input: emptyInput,
  payload: () => ({ ManagedAppsOnly: false }),
  onAcknowledged: async (tx, deviceId, report) => {
    const items = readInstalledApplications(report).map(
      (item): Application => ({ ...item, path: null, source: "mdm" }),
    );
    await storeReport(tx, deviceId, { kind: "applications", source: "mdm", at: tx.now, items });
  },
});
