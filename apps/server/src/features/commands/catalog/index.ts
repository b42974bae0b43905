import type { AnyCommandDefinition } from "../define-command.ts";
import { certificateList } from "./certificate-list.ts";
import { deviceConfigured } from "./device-configured.ts";
import { deviceInformation } from "./device-information.ts";
import { deviceLock } from "./device-lock.ts";
import { eraseDevice } from "./erase-device.ts";
import { installEnterpriseApplication } from "./install-enterprise-application.ts";
import { installProfile } from "./install-profile.ts";
import { installedApplicationList } from "./installed-application-list.ts";
import { profileList } from "./profile-list.ts";
import { removeProfile } from "./remove-profile.ts";
import { restartDevice } from "./restart-device.ts";
import { securityInfo } from "./security-info.ts";
import { shutDownDevice } from "./shut-down-device.ts";

/** Every command that can be sent. */
export const commandCatalog: ReadonlyMap<string, AnyCommandDefinition> = new Map(
  [
    deviceInformation,
    securityInfo,
    installedApplicationList,
    profileList,
    certificateList,
    installProfile,
    removeProfile,
    installEnterpriseApplication,
    restartDevice,
    shutDownDevice,
    deviceLock,
    eraseDevice,
    deviceConfigured,
  ].map((definition) => [definition.requestType, definition]),
);
