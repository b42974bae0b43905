import type { SystemUpdate } from "@pomona/contract";
import { readAvailableUpdates } from "@pomona/mdm";
import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./parts/empty-input.ts";
import { isoTime, storeList } from "./parts/store-list.ts";

/** macOS 27 has none of this family any more: declarations took its place. */
export const availableOsUpdates = defineCommand({
  requestType: "AvailableOSUpdates",
  summary: "Ask which system updates there are (before macOS 27)",
  risk: "read",
  input: emptyInput,
  payload: () => ({}),
  onAcknowledged: (tx, deviceId, report) =>
    storeList<SystemUpdate>(tx, deviceId, {
      kind: "system-updates",
      items: readAvailableUpdates(report).map((item) => ({ ...item, deferredUntil: isoTime(item.deferredUntil) })),
    }),
});
