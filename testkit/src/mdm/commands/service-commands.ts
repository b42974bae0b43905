import { getString } from "@pomona/plist";
import { acknowledged, formatError } from "../answer.ts";
import type { CommandHandler } from "../command-port.ts";

/** Apple: EnableRemoteDesktop and DisableRemoteDesktop. */
export const enableRemoteDesktop: CommandHandler = ({ model }) => {
  model.remoteDesktop = true;
  return acknowledged();
};
export const disableRemoteDesktop: CommandHandler = ({ model }) => {
  model.remoteDesktop = false;
  return acknowledged();
};

/** Apple: RequestMirroring. Its user says yes, if anybody is there. */
export const requestMirroring: CommandHandler = ({ model }, command) => {
  const name = getString(command, "DestinationName");
  const address = getString(command, "DestinationDeviceID");
  if (name === undefined && address === undefined) return formatError("A destination is needed.");
  if (name === undefined || !model.airPlayReceivers.includes(name))
    return acknowledged({ MirroringResult: "DestinationNotFound" });
  if (model.consoleUser === undefined) return acknowledged({ MirroringResult: "Cancelled" });
  model.mirroringTo = name;
  return acknowledged({ MirroringResult: "Prompting" });
};

/** Apple: StopMirroring. */
export const stopMirroring: CommandHandler = ({ model }) => {
  model.mirroringTo = undefined;
  return acknowledged();
};

/** Apple: ContentCachingInformation. */
export const contentCachingInformation: CommandHandler = ({ model }) => {
  const { isOn, usedBytes, servedBytes } = model.contentCaching;
  if (!isOn) return acknowledged({ StatusResponse: { Activated: false, Active: false } });
  return acknowledged({
    StatusResponse: {
      Activated: true,
      Active: true,
      CacheStatus: "OK",
      CacheUsed: usedBytes,
      CacheFree: model.disks[0]?.freeBytes ?? 0,
      CacheLimit: 0,
      Port: 49_152,
      PrivateAddresses: model.network.map(({ ipv4 }) => ipv4),
      RegistrationStatus: 1,
      StartupStatus: "OK",
      TotalBytesReturnedToClients: servedBytes,
      TotalBytesStoredFromOrigin: usedBytes,
    },
  });
};

/** Apple: DeclarativeManagement. It is on from now; the declarations themselves are not modelled. */
export const declarativeManagement: CommandHandler = ({ model }) => {
  model.usesDeclarations = true;
  return acknowledged();
};
