import { getArray, getString, isDictionary, type PlistDictionary, PlistReal } from "@pomona/plist";
import type { MacModel, SystemUpdate } from "../../model/mac-model.ts";
import { operatingSystems } from "../../model/operating-systems.ts";
import { errorChain } from "../../profiles/profile-refused.ts";
import { acknowledged, formatError } from "../answer.ts";
import type { CommandHandler } from "../command-port.ts";

const major = (version: string): number => Number.parseInt(version, 10);
/** What this Mac does not have yet. */
const open = (mac: MacModel): SystemUpdate[] => mac.updates.filter(({ build }) => build !== mac.os.build);

/** Apple: AvailableOSUpdates. */
export const availableOsUpdates: CommandHandler = ({ model }) =>
  acknowledged({
    AvailableOSUpdates: open(model).map((update) => ({
      ProductKey: update.productKey,
      HumanReadableName: update.name,
      HumanReadableNameLocale: "en",
      MetadataURL: "",
      Version: update.version,
      Build: update.build,
      DownloadSize: update.sizeBytes,
      AppIdentifiersToClose: [],
      IsMajorOSUpdate: major(update.version) > major(model.os.version),
      RestartRequired: update.needsRestart,
      AllowsInstallLater: true,
      RequiresBootstrapToken: model.hardware.isAppleSilicon,
      IsSecurityResponse: false,
    })),
  });

/** Apple: OSUpdateStatus. */
export const osUpdateStatus: CommandHandler = ({ model }) =>
  acknowledged({
    OSUpdateStatus: open(model)
      .filter(({ status, downloaded }) => status !== "Idle" || downloaded > 0)
      .map((update) => ({
        ProductKey: update.productKey,
        IsDownloaded: update.downloaded === 1,
        DownloadPercentComplete: new PlistReal(update.downloaded),
        Status: update.status,
      })),
  });

/** Apple: ScheduleOSUpdateScan. */
export const scheduleOsUpdateScan: CommandHandler = () => acknowledged({ ScanInitiated: true });

/**
 * Apple: ScheduleOSUpdate. An installation without somebody in front of it needs the escrowed bootstrap token on Apple silicon. What
 * installs at once does so after the answer, with a restart.
 */
export const scheduleOsUpdate: CommandHandler = (mac, command) => {
  const wanted = getArray(command, "Updates");
  if (wanted === undefined || !wanted.every(isDictionary)) return formatError("Updates is missing.");
  const { model } = mac;
  const installs: SystemUpdate[] = [];
  const results = wanted.map((entry): PlistDictionary => {
    const key = getString(entry, "ProductKey");
    const version = getString(entry, "ProductVersion");
    const update = open(model).find((candidate) => candidate.productKey === key || candidate.version === version);
    if (update === undefined) return notScheduled(key ?? "", "The update is not available.");
    const action = getString(entry, "InstallAction") ?? "Default";
    if (action === "NotifyOnly") return scheduled(update, action);
    if (action === "DownloadOnly" || action === "InstallLater" || (action === "Default" && update.downloaded < 1)) {
      update.downloaded = 1;
      return scheduled(update, action === "Default" ? "DownloadOnly" : action);
    }
    if (model.hardware.isAppleSilicon && model.bootstrapToken === undefined)
      return notScheduled(update.productKey, "The server has no bootstrap token for this Mac.");
    update.downloaded = 1;
    update.status = "Installing";
    installs.push(update);
    return scheduled(update, action === "Default" ? "InstallASAP" : action);
  });
  const response = { UpdateResults: results };
  if (installs.length === 0) return acknowledged(response);
  return {
    status: "Acknowledged",
    response,
    afterwards: () => {
      for (const update of installs) install(model, update);
      return mac.restart();
    },
  };
};

const scheduled = (update: SystemUpdate, action: string): PlistDictionary => ({
  ProductKey: update.productKey,
  InstallAction: action,
  Status: update.status,
});

const notScheduled = (productKey: string, description: string): PlistDictionary => ({
  ProductKey: productKey,
  InstallAction: "Error",
  Status: "DownloadFailed",
  ErrorChain: errorChain([{ code: 12_090, domain: "MCSoftwareUpdateErrorDomain", description }]),
});

function install(mac: MacModel, update: SystemUpdate): void {
  update.status = "Idle";
  const known = operatingSystems.find(({ build }) => build === update.build);
  mac.os = known ?? { ...mac.os, version: update.version, build: update.build };
}
