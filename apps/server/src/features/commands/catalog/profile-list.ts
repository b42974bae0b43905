import type { InstalledProfile } from "@pomona/contract";
import { readProfileList } from "@pomona/mdm";
import { storeReport } from "../../devices/index.ts";
import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./empty-input.ts";

export const profileList = defineCommand({
  requestType: "ProfileList",
  summary: "Ask for the installed profiles",
  risk: "change",
  input: emptyInput,
  payload: () => ({}),
  onAcknowledged: async (tx, deviceId, report) => {
    const items = readProfileList(report).map(
      ({ isManaged, payloads, ...item }): InstalledProfile => ({
        ...item,
        managed: isManaged,
        payloads: [...payloads],
      }),
    );
    await storeReport(tx, deviceId, { kind: "profiles", source: "mdm", at: tx.now, items });
  },
});
