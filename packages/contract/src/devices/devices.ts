import { Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, Id, Name, nullable, oneOf, page, paging, Time } from "../shapes.ts";
import {
  Application,
  ContentCaching,
  Device,
  InstalledCertificate,
  InstalledProfile,
  MacUser,
  ManagedApplication,
  ProvisioningProfile,
  SystemUpdate,
  SystemUpdateProgress,
  TimelineEntry,
} from "./device.ts";

/** Which Macs: the fields by which lists and batches choose. All that are given must fit. */
export const deviceFilter = {
  /** Part of name, serial number, model or user; every word must be found. */
  q: Type.Optional(Type.String({ maxLength: 200 })),
  agent: Type.Optional(oneOf("online", "offline", "missing")),
  mdm: Type.Optional(oneOf("enrolled", "not-enrolled")),
  model: Type.Optional(Type.String({ maxLength: 200 })),
  osVersion: Type.Optional(Type.String({ maxLength: 50 })),
};

export const listDevices = defineAction({
  name: "devices.list-devices",
  summary: "List Macs",
  method: "GET",
  path: "/devices",
  risk: "read",
  input: closed({
    ...paging,
    ...deviceFilter,
    /** Only those that are held until a person releases them. */
    quarantined: Type.Optional(oneOf("only")),
    sort: Type.Optional(
      Type.String({
        pattern: "^-?(name|serialNumber|model|osVersion|createdAt|agentLastSeenAt|mdmLastSeenAt)$",
        description: "a field; with - in front descending",
      }),
    ),
  }),
  output: closed({ items: Type.Array(Device), nextCursor: nullable(Type.String()), total: Type.Integer() }),
  auditable: [],
});

export const showDevice = defineAction({
  name: "devices.show-device",
  summary: "Show one Mac",
  method: "GET",
  path: "/devices/{deviceId}",
  risk: "read",
  input: closed({ deviceId: Id }),
  output: Device,
  auditable: [],
});

export const renameDevice = defineAction({
  name: "devices.rename-device",
  summary: "Give a Mac the name that the console shows",
  method: "PATCH",
  path: "/devices/{deviceId}",
  risk: "change",
  input: closed({ deviceId: Id, name: Name }),
  output: Device,
  auditable: ["deviceId", "name"],
});

export const releaseDevice = defineAction({
  name: "devices.release-device",
  summary: "Release a Mac from quarantine",
  method: "POST",
  path: "/devices/{deviceId}/release",
  risk: "change",
  input: closed({ deviceId: Id }),
  output: Device,
  auditable: ["deviceId"],
});

export const showFleet = defineAction({
  name: "devices.show-fleet",
  summary: "Count the Macs of the tenant by state",
  method: "GET",
  path: "/fleet",
  risk: "read",
  input: closed({}),
  output: closed({
    devices: Type.Integer(),
    enrolled: Type.Integer(),
    agentsInstalled: Type.Integer(),
    agentsOnline: Type.Integer(),
    quarantined: Type.Integer(),
    osVersions: Type.Array(closed({ osVersion: Type.String(), devices: Type.Integer() })),
    models: Type.Array(closed({ model: Type.String(), devices: Type.Integer() })),
  }),
  auditable: [],
});

export const listTimeline = defineAction({
  name: "devices.list-timeline",
  summary: "Tell what happened to a Mac, newest first",
  method: "GET",
  path: "/devices/{deviceId}/timeline",
  risk: "read",
  input: closed({ ...paging, deviceId: Id }),
  output: page(TimelineEntry),
  auditable: [],
});

const reported = <T extends Parameters<typeof Type.Array>[0]>(item: T) =>
  closed({ items: Type.Array(item), nextCursor: nullable(Type.String()), reportedAt: nullable(Time) });

export const listApplications = defineAction({
  name: "devices.list-applications",
  summary: "List the applications of a Mac",
  method: "GET",
  path: "/devices/{deviceId}/applications",
  risk: "read",
  input: closed({ deviceId: Id }),
  output: reported(Application),
  auditable: [],
});

export const listProfiles = defineAction({
  name: "devices.list-profiles",
  summary: "List the profiles of a Mac",
  method: "GET",
  path: "/devices/{deviceId}/profiles",
  risk: "read",
  input: closed({ deviceId: Id }),
  output: reported(InstalledProfile),
  auditable: [],
});

export const listCertificates = defineAction({
  name: "devices.list-certificates",
  summary: "List the certificates of a Mac",
  method: "GET",
  path: "/devices/{deviceId}/certificates",
  risk: "read",
  input: closed({ deviceId: Id }),
  output: reported(InstalledCertificate),
  auditable: [],
});

export const listUsers = defineAction({
  name: "devices.list-users",
  summary: "List the accounts of a Mac",
  method: "GET",
  path: "/devices/{deviceId}/users",
  risk: "read",
  input: closed({ deviceId: Id }),
  output: reported(MacUser),
  auditable: [],
});

export const listManagedApplications = defineAction({
  name: "devices.list-managed-applications",
  summary: "List the applications that MDM manages on a Mac",
  method: "GET",
  path: "/devices/{deviceId}/managed-applications",
  risk: "read",
  input: closed({ deviceId: Id }),
  output: reported(ManagedApplication),
  auditable: [],
});

export const listProvisioningProfiles = defineAction({
  name: "devices.list-provisioning-profiles",
  summary: "List the provisioning profiles of a Mac",
  method: "GET",
  path: "/devices/{deviceId}/provisioning-profiles",
  risk: "read",
  input: closed({ deviceId: Id }),
  output: reported(ProvisioningProfile),
  auditable: [],
});

export const listSystemUpdates = defineAction({
  name: "devices.list-system-updates",
  summary: "List the system updates that a Mac offers",
  method: "GET",
  path: "/devices/{deviceId}/system-updates",
  risk: "read",
  input: closed({ deviceId: Id }),
  output: reported(SystemUpdate),
  auditable: [],
});

export const listSystemUpdateProgress = defineAction({
  name: "devices.list-system-update-progress",
  summary: "List how far the system updates of a Mac have come",
  method: "GET",
  path: "/devices/{deviceId}/system-update-progress",
  risk: "read",
  input: closed({ deviceId: Id }),
  output: reported(SystemUpdateProgress),
  auditable: [],
});

export const listContentCaching = defineAction({
  name: "devices.list-content-caching",
  summary: "Show what the content cache of a Mac says of itself",
  method: "GET",
  path: "/devices/{deviceId}/content-caching",
  risk: "read",
  input: closed({ deviceId: Id }),
  output: reported(ContentCaching),
  auditable: [],
});

export const listQuarantine = defineAction({
  name: "devices.list-quarantined-messages",
  summary: "List messages from Macs that could not be read",
  method: "GET",
  path: "/quarantined-messages",
  risk: "read",
  input: closed({ ...paging }),
  output: page(
    closed({
      id: Id,
      at: Time,
      channel: oneOf("device", "agent"),
      deviceId: nullable(Type.String()),
      subject: Type.String(),
      reason: Type.String(),
      sizeBytes: Type.Integer(),
    }),
  ),
  auditable: [],
});
