import type { ContentCaching } from "@pomona/contract";
import { readContentCaching } from "@pomona/mdm";
import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./parts/empty-input.ts";
import { storeList } from "./parts/store-list.ts";

export const contentCachingInformation = defineCommand({
  requestType: "ContentCachingInformation",
  summary: "Ask how the content cache is",
  risk: "read",
  input: emptyInput,
  payload: () => ({}),
  onAcknowledged: async (tx, deviceId, report) => {
    const said = readContentCaching(report);
    if (said === undefined) return;
    const item = { ...said, privateAddresses: [...said.privateAddresses], alerts: [...said.alerts] };
    await storeList<ContentCaching>(tx, deviceId, { kind: "content-caching", items: [item] });
  },
});
