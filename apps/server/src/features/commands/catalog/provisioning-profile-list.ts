import type { ProvisioningProfile } from "@pomona/contract";
import { readProvisioningProfiles } from "@pomona/mdm";
import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./parts/empty-input.ts";
import { isoTime, storeList } from "./parts/store-list.ts";

/** On a Mac these belong to iPhone and iPad applications only. */
export const provisioningProfileList = defineCommand({
  requestType: "ProvisioningProfileList",
  summary: "Ask for the provisioning profiles",
  risk: "read",
  input: emptyInput,
  payload: () => ({}),
  onAcknowledged: (tx, deviceId, report) =>
    storeList<ProvisioningProfile>(tx, deviceId, {
      kind: "provisioning-profiles",
      items: readProvisioningProfiles(report).map((item) => ({ ...item, expiresAt: isoTime(item.expiresAt) })),
    }),
});
