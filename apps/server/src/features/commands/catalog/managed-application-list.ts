import type { ManagedApplication } from "@pomona/contract";
import { readManagedApplications } from "@pomona/mdm";
import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { bundleId, closed } from "./parts/fields.ts";
import { storeList } from "./parts/store-list.ts";

export const managedApplicationList = defineCommand({
  requestType: "ManagedApplicationList",
  summary: "Ask how far the managed applications are",
  risk: "read",
  input: closed({
    identifiers: Type.Optional(Type.Array(bundleId, { minItems: 1, maxItems: 1000, description: "only these" })),
  }),
  payload: ({ identifiers }) => (identifiers === undefined ? {} : { Identifiers: identifiers }),
  onAcknowledged: (tx, deviceId, report, { identifiers }) =>
    storeList<ManagedApplication>(tx, deviceId, {
      kind: "managed-applications",
      items: readManagedApplications(report),
      ...(identifiers === undefined ? {} : { part: { keyOf: (item) => item.bundleId, named: identifiers } }),
    }),
});
