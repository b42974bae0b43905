import type { InstalledProfile } from "@pomona/contract";
import { readProfileList } from "@pomona/mdm";
import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { closed } from "./parts/fields.ts";
import { storeList } from "./parts/store-list.ts";

export const profileList = defineCommand({
  requestType: "ProfileList",
  summary: "Ask for the installed profiles",
  risk: "read",
  input: closed({ managedOnly: Type.Optional(Type.Boolean({ description: "only those that MDM installed" })) }),
  payload: ({ managedOnly }) => (managedOnly === undefined ? {} : { ManagedOnly: managedOnly }),
  onAcknowledged: async (tx, deviceId, report, { managedOnly }) => {
    const items = readProfileList(report).map(
      ({ isManaged, payloads, ...item }): InstalledProfile => ({
        ...item,
        managed: isManaged,
        payloads: [...payloads],
      }),
    );
    const part = { keyOf: (item: InstalledProfile) => item.identifier };
    await storeList(tx, deviceId, { kind: "profiles", items, ...(managedOnly === true ? { part } : {}) });
  },
});
