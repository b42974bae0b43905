import { settingsFailure } from "@pomona/mdm";
import type { PlistDictionary } from "@pomona/plist";
import { type Static, Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { bundleId, closed, jsonObject } from "./parts/fields.ts";
import { known } from "./parts/known.ts";
import { plistOfJson } from "./parts/plist-of-json.ts";

const words = (maxLength: number) => Type.Optional(Type.String({ minLength: 1, maxLength }));

const input = closed({
  deviceName: words(255),
  hostName: Type.Optional(Type.String({ pattern: "^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$", maxLength: 253 })),
  bluetooth: Type.Optional(Type.Boolean({ description: "on or off; somebody may switch it again" })),
  organization: Type.Optional(
    Type.Union([
      closed({
        name: Type.String({ minLength: 1, maxLength: 255 }),
        shortName: words(100),
        address: words(1000),
        phone: words(100),
        email: words(255),
        magic: words(255),
      }),
      Type.Null({ description: "forget it" }),
    ]),
  ),
  mdmOptions: Type.Optional(
    closed({
      activationLockAllowed: Type.Optional(Type.Boolean({ description: "its user's Find My may lock it" })),
      bootstrapTokenAllowed: Type.Optional(Type.Boolean()),
      promptForBootstrapToken: Type.Optional(
        Type.Boolean({ description: "ask users to allow management of security in recoveryOS (macOS 11)" }),
      ),
    }),
  ),
  applicationConfigurations: Type.Optional(
    Type.Array(
      closed({ identifier: bundleId, configuration: Type.Optional(jsonObject("without it the configuration goes")) }),
      { minItems: 1, maxItems: 100 },
    ),
  ),
});

/** Each setting becomes one item, and each has a result of its own. TimeZone and SoftwareUpdateSettings are not for Macs. */
export const settings = defineCommand({
  requestType: "Settings",
  summary: "Set name, Bluetooth, organization and options of management",
  risk: "change",
  input,
  sealed: ["applicationConfigurations"],
  fault: (asked) => (Object.keys(asked).length === 0 ? "at least one setting is needed" : undefined),
  payload: (asked) => ({ Settings: itemsOf(asked) }),
  failureIn: settingsFailure,
});

function itemsOf(asked: Static<typeof input>): PlistDictionary[] {
  const { deviceName, hostName, bluetooth, organization, mdmOptions, applicationConfigurations = [] } = asked;
  const items: PlistDictionary[] = [];
  if (deviceName !== undefined) items.push({ Item: "DeviceName", DeviceName: deviceName });
  if (hostName !== undefined) items.push({ Item: "HostName", HostName: hostName });
  if (bluetooth !== undefined) items.push({ Item: "Bluetooth", Enabled: bluetooth });
  if (organization === null) items.push({ Item: "OrganizationInfo" });
  else if (organization !== undefined) {
    const info = known<Record<string, string>>({
      OrganizationName: organization.name,
      OrganizationShortName: organization.shortName,
      OrganizationAddress: organization.address,
      OrganizationPhone: organization.phone,
      OrganizationEmail: organization.email,
      OrganizationMagic: organization.magic,
    });
    items.push({ Item: "OrganizationInfo", OrganizationInfo: info });
  }
  if (mdmOptions !== undefined) {
    const options = known<Record<string, boolean>>({
      ActivationLockAllowedWhileSupervised: mdmOptions.activationLockAllowed,
      BootstrapTokenAllowed: mdmOptions.bootstrapTokenAllowed,
      PromptUserToAllowBootstrapTokenForAuthentication: mdmOptions.promptForBootstrapToken,
    });
    items.push({ Item: "MDMOptions", MDMOptions: options });
  }
  for (const { identifier, configuration } of applicationConfigurations) {
    items.push({
      Item: "ApplicationConfiguration",
      Identifier: identifier,
      ...(configuration === undefined ? {} : { Configuration: plistOfJson(configuration) }),
    });
  }
  return items;
}
