import type { SystemUpdateProgress } from "@pomona/contract";
import { readUpdateStatus } from "@pomona/mdm";
import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./parts/empty-input.ts";
import { isoTime, storeList } from "./parts/store-list.ts";

export const osUpdateStatus = defineCommand({
  requestType: "OSUpdateStatus",
  summary: "Ask how far system updates are (before macOS 27)",
  risk: "read",
  input: emptyInput,
  payload: () => ({}),
  onAcknowledged: (tx, deviceId, report) =>
    storeList<SystemUpdateProgress>(tx, deviceId, {
      kind: "system-update-progress",
      items: readUpdateStatus(report).map((item) => ({ ...item, nextInstallAt: isoTime(item.nextInstallAt) })),
    }),
});
