import { installationFailure } from "@pomona/mdm";
import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { bundleId, closed, httpsUrl } from "./parts/fields.ts";
import { managementFields, managementKeys, managementProblem } from "./parts/managed-install.ts";

/** From the App Store, mostly with a licence that belongs to the Mac; with a manifest also a package. */
export const installApplication = defineCommand({
  requestType: "InstallApplication",
  summary: "Install or update an application of the App Store",
  risk: "rootEquivalent",
  input: closed({
    iTunesStoreId: Type.Optional(Type.Integer({ minimum: 1 })),
    identifier: Type.Optional(bundleId),
    manifestUrl: Type.Optional(httpsUrl("of Apple's manifest")),
    usesDeviceLicense: Type.Optional(
      Type.Boolean({ default: true, description: "with a licence of Apps and Books; nobody has to log in" }),
    ),
    ...managementFields,
  }),
  sealed: ["configuration"],
  fault: (input) => {
    const sources = [input.iTunesStoreId, input.identifier, input.manifestUrl].filter((source) => source !== undefined);
    return sources.length === 1
      ? managementProblem(input)
      : "one of iTunesStoreId, identifier and manifestUrl is needed";
  },
  payload: ({ iTunesStoreId, identifier, manifestUrl, usesDeviceLicense = true, ...management }) => ({
    ...(iTunesStoreId === undefined ? {} : { iTunesStoreID: iTunesStoreId }),
    ...(identifier === undefined ? {} : { Identifier: identifier }),
    ...(manifestUrl === undefined
      ? { Options: { PurchaseMethod: usesDeviceLicense ? 1 : 0 } }
      : { ManifestURL: manifestUrl }),
    ...managementKeys(management),
  }),
  failureIn: installationFailure,
});
