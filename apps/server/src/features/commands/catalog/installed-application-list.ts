import type { Application } from "@pomona/contract";
import { readInstalledApplications } from "@pomona/mdm";
import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { bundleId, closed } from "./parts/fields.ts";
import { storeList } from "./parts/store-list.ts";

export const installedApplicationList = defineCommand({
  requestType: "InstalledApplicationList",
  summary: "Ask for the installed applications",
  risk: "read",
  input: closed({
    identifiers: Type.Optional(Type.Array(bundleId, { minItems: 1, maxItems: 1000, description: "only these" })),
    managedOnly: Type.Optional(Type.Boolean({ description: "only those that MDM installed as managed" })),
  }),
  payload: ({ identifiers, managedOnly = false }) => ({
    ManagedAppsOnly: managedOnly,
    ...(identifiers === undefined ? {} : { Identifiers: identifiers }),
  }),
  onAcknowledged: async (tx, deviceId, report, { identifiers, managedOnly }) => {
    const items = readInstalledApplications(report).map(
      (item): Application => ({ ...item, path: null, source: "mdm" }),
    );
    const isWhole = identifiers === undefined && managedOnly !== true;
    // What is not managed is not in the answer either: only without that condition does a missing one mean that it is gone.
    const named = managedOnly === true ? undefined : identifiers;
    await storeList(tx, deviceId, {
      kind: "applications",
      items,
      ...(isWhole ? {} : { part: { keyOf: (item: Application) => item.bundleId, named } }),
    });
  },
});
