import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, Id, nullable, oneOf, page, paging, Time } from "../shapes.ts";

export const RenewalState = oneOf("due", "queued", "acknowledged", "checkedIn", "failed");

/** How far the renewal of a Mac's MDM identity has come; a Mac that is not due has none. */
export const Renewal = closed({
  deviceId: Id,
  deviceName: Type.String(),
  serialNumber: nullable(Type.String()),
  state: RenewalState,
  /** When the identity ends. */
  expiresAt: Time,
  attempts: Type.Integer(),
  /** When the next profile goes out, at the earliest. */
  nextAt: nullable(Time),
  /** The InstallProfile that carries it. */
  commandId: nullable(Id),
  /** The identity ends within 30 days. */
  isStranding: Type.Boolean(),
  /** In words: what it waits for, or why it did not work. */
  reason: Type.String(),
});
export type Renewal = Static<typeof Renewal>;

export const listRenewals = defineAction({
  name: "renewal.list-renewals",
  summary: "List Macs whose identity is being renewed, those that are about to strand first",
  method: "GET",
  path: "/renewals",
  risk: "read",
  input: closed({
    ...paging,
    state: Type.Optional(RenewalState),
    stranding: Type.Optional(oneOf("only")),
    deviceId: Type.Optional(Id),
  }),
  output: page(Renewal),
  auditable: [],
});

export const renewDevice = defineAction({
  name: "renewal.renew-device",
  summary: "Renew a Mac's MDM identity now",
  method: "POST",
  path: "/devices/{deviceId}/renewal",
  risk: "change",
  input: closed({ deviceId: Id }),
  output: Renewal,
  auditable: ["deviceId"],
  status: 202,
});

export const renewDevices = defineAction({
  name: "renewal.renew-devices",
  summary: "Renew the MDM identities of the Macs that a filter finds, as many at a time as the hourly bound allows",
  method: "POST",
  path: "/renewals",
  risk: "change",
  input: closed({
    q: Type.Optional(Type.String({ maxLength: 200 })),
    model: Type.Optional(Type.String({ maxLength: 200 })),
    osVersion: Type.Optional(Type.String({ maxLength: 50 })),
    /** Only those whose identity ends within so many days. */
    endsWithinDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 825 })),
    /** At most so many Macs; the budget is charged with this number. */
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1000 })),
  }),
  output: closed({ devices: Type.Integer() }),
  auditable: ["q", "model", "osVersion", "endsWithinDays", "limit"],
  status: 202,
});
