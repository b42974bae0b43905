import type { PlistDictionary } from "@pomona/plist";
import { Type } from "typebox";
import { jsonObject } from "./fields.ts";
import { plistOfJson } from "./plist-of-json.ts";

/** How an application is managed once it is there; the same for the App Store and for packages (macOS 11). */
export const managementFields = {
  installAsManaged: Type.Optional(Type.Boolean({ description: "MDM may configure and remove it" })),
  removeWithEnrollment: Type.Optional(Type.Boolean({ description: "it goes when the Mac leaves management" })),
  takeOver: Type.Optional(Type.Boolean({ description: "manage it where its user has installed it" })),
  configuration: Type.Optional(jsonObject("managed configuration of the application")),
  isIosApplication: Type.Optional(Type.Boolean({ description: "an iPhone or iPad application (Apple silicon)" })),
};

interface Management {
  readonly installAsManaged?: boolean;
  readonly removeWithEnrollment?: boolean;
  readonly takeOver?: boolean;
  readonly configuration?: Record<string, unknown>;
  readonly isIosApplication?: boolean;
}

/** What only a managed application can have. */
export const managementProblem = (input: Management): string | undefined =>
  input.installAsManaged !== true && (input.removeWithEnrollment === true || input.takeOver === true)
    ? "removeWithEnrollment and takeOver need installAsManaged"
    : undefined;

export const managementKeys = (input: Management): PlistDictionary => ({
  ...(input.installAsManaged === undefined ? {} : { InstallAsManaged: input.installAsManaged }),
  ...(input.removeWithEnrollment === true ? { ManagementFlags: 1 } : {}),
  ...(input.takeOver === true ? { ChangeManagementState: "Managed" } : {}),
  ...(input.configuration === undefined ? {} : { Configuration: plistOfJson(input.configuration) }),
  ...(input.isIosApplication === undefined ? {} : { iOSApp: input.isIosApplication }),
});
