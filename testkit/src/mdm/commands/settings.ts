import { getArray, getBoolean, getDictionary, getString, isDictionary, type PlistDictionary } from "@pomona/plist";
import type { MacModel } from "../../model/mac-model.ts";
import { type ErrorChainItem, errorChain } from "../../profiles/profile-refused.ts";
import { acknowledged, formatError } from "../answer.ts";
import type { CommandHandler } from "../command-port.ts";

/** What came of one setting: undefined when it is set. */
type Setter = (mac: MacModel, item: PlistDictionary) => ErrorChainItem | undefined;

const failed = (code: number, description: string): ErrorChainItem => ({
  code,
  domain: "MCSettingsErrorDomain",
  description,
});
const supervisedOnly =
  (set: Setter): Setter =>
  (mac, item) =>
    mac.isSupervised ? set(mac, item) : failed(28_002, "This setting is only supported on supervised devices.");

const setters: Readonly<Record<string, Setter>> = {
  DeviceName: supervisedOnly((mac, item) => {
    const name = getString(item, "DeviceName");
    if (name === undefined || name === "") return failed(28_001, "The field “DeviceName” is missing.");
    mac.name = name;
    return undefined;
  }),
  HostName: (mac, item) => {
    const name = getString(item, "HostName");
    if (name === undefined || name === "") return failed(28_001, "The field “HostName” is missing.");
    mac.hostName = name;
    return undefined;
  },
  Bluetooth: supervisedOnly((mac, item) => {
    const enabled = getBoolean(item, "Enabled");
    if (enabled === undefined) return failed(28_001, "The field “Enabled” is missing.");
    mac.bluetooth = enabled;
    return undefined;
  }),
  OrganizationInfo: (mac, item) => {
    const info = getDictionary(item, "OrganizationInfo");
    mac.organization =
      info === undefined
        ? undefined
        : Object.fromEntries(
            Object.entries(info).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
          );
    return undefined;
  },
  MDMOptions: (mac, item) => {
    const options = getDictionary(item, "MDMOptions");
    if (options === undefined) return failed(28_001, "The field “MDMOptions” is missing.");
    const { mdmOptions } = mac;
    mac.mdmOptions = {
      bootstrapTokenAllowed: getBoolean(options, "BootstrapTokenAllowed") ?? mdmOptions.bootstrapTokenAllowed,
      activationLockAllowed:
        getBoolean(options, "ActivationLockAllowedWhileSupervised") ?? mdmOptions.activationLockAllowed,
      promptForBootstrapToken:
        getBoolean(options, "PromptUserToAllowBootstrapTokenForAuthentication") ?? mdmOptions.promptForBootstrapToken,
    };
    return undefined;
  },
  ApplicationConfiguration: (mac, item) => {
    const application = mac.managedApplications[getString(item, "Identifier") ?? ""];
    if (application === undefined) return failed(28_003, "The application is not managed.");
    application.hasConfiguration = getDictionary(item, "Configuration") !== undefined;
    return undefined;
  },
};

/** Apple: Settings. Each item has a Status of its own; the command is acknowledged whatever they are. */
export const settings: CommandHandler = ({ model }, command) => {
  const items = getArray(command, "Settings");
  if (items === undefined || !items.every(isDictionary)) return formatError("Settings is missing.");
  return acknowledged({
    Settings: items.map((item) => {
      const name = getString(item, "Item") ?? "";
      const set = Object.hasOwn(setters, name) ? setters[name] : undefined;
      const failure = set === undefined ? failed(28_000, `The setting “${name}” is not known.`) : set(model, item);
      return failure === undefined
        ? { Item: name, Status: "Acknowledged" }
        : { Item: name, Status: "Error", ErrorChain: errorChain([failure]) };
    }),
  });
};
