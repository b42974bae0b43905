import { getArray, getBoolean, getDictionary, getInteger, getString, type PlistDictionary } from "@pomona/plist";
import type { MacModel, ManagedApplication } from "../../model/mac-model.ts";
import { makeApplication } from "../../model/make-mac-model.ts";
import { acknowledged, formatError, refused } from "../answer.ts";
import type { CommandHandler } from "../command-port.ts";

/** How an installation is to be managed; undefined for one that is not. */
export const managementOf = (command: PlistDictionary): ManagedApplication | undefined =>
  getBoolean(command, "InstallAsManaged") === true
    ? {
        status: "Installing",
        flags: getInteger(command, "ManagementFlags") ?? 0,
        hasConfiguration: getDictionary(command, "Configuration") !== undefined,
      }
    : undefined;

/** Apple: InstallApplication. For what is not licensed macOS knows one reason only. */
export const installApplication: CommandHandler = async (mac, command) => {
  const storeId = getInteger(command, "iTunesStoreID");
  const identifier = getString(command, "Identifier");
  const url = getString(command, "ManifestURL");
  if (storeId === undefined && identifier === undefined && url === undefined)
    return formatError("iTunesStoreID, Identifier or ManifestURL is needed.");
  const managed = managementOf(command);
  if (url !== undefined) {
    const install = await mac.installApplication({ url, pinned: [] }, managed);
    return { status: "Acknowledged", afterwards: install };
  }
  const { storeLicenses } = mac.model;
  const licensed =
    storeId === undefined
      ? Object.values(storeLicenses).find(({ bundleId }) => bundleId === identifier)
      : storeLicenses[storeId];
  if (licensed === undefined) return acknowledged({ RejectionReason: "Other" });
  const { bundleId, name, version } = licensed;
  const isTaken = mac.model.applications.some((application) => application.bundleId === bundleId);
  if (isTaken && managed !== undefined && getString(command, "ChangeManagementState") !== "Managed")
    return acknowledged({ RejectionReason: "Other" });
  return {
    status: "Acknowledged",
    response: { Identifier: bundleId, State: "Queued" },
    afterwards: async () => {
      const others = mac.model.applications.filter((application) => application.bundleId !== bundleId);
      const application = makeApplication(
        { name, bundleId, versions: [version], teamId: "APPSTORE01", megabytes: 300 },
        version,
      );
      mac.model.applications = [...others, application];
      if (managed === undefined) delete mac.model.managedApplications[bundleId];
      else mac.model.managedApplications[bundleId] = { ...managed, status: "Managed" };
      await mac.save();
    },
  };
};

/** Apple: ManagedApplicationList. */
export const managedApplicationList: CommandHandler = ({ model }, command) => {
  const wanted = getArray(command, "Identifiers");
  const entries = Object.entries(model.managedApplications).filter(
    ([bundleId]) => wanted === undefined || wanted.includes(bundleId),
  );
  return acknowledged({
    ManagedApplicationList: Object.fromEntries(
      entries.map(([bundleId, { status, flags, hasConfiguration }]) => [
        bundleId,
        { Status: status, ManagementFlags: flags, HasConfiguration: hasConfiguration, HasFeedback: false },
      ]),
    ),
  });
};

/** Apple: RemoveApplication. */
export const removeApplication: CommandHandler = ({ model }, command) => {
  const identifier = getString(command, "Identifier");
  if (identifier === undefined) return formatError("Identifier is missing.");
  if (!isManaged(model, identifier))
    return refused(12_024, "MCMDMErrorDomain", `The app “${identifier}” is not managed.`);
  delete model.managedApplications[identifier];
  model.applications = model.applications.filter(({ bundleId }) => bundleId !== identifier);
  return acknowledged();
};

const isManaged = (mac: MacModel, bundleId: string): boolean => Object.hasOwn(mac.managedApplications, bundleId);
