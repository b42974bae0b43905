import type { Device, DeviceFacts, DeviceSetup } from "@pomona/contract";
import type { Channel, DeviceId, TenantId } from "@pomona/facts";

export type ChannelState = {
  readonly health: "up" | "down" | "unknown";
  readonly lastUsedAt: number | null;
  readonly detail: string | null;
};

/** A Mac as it is stored; times in ms. */
export interface DeviceRow {
  readonly tenantId: TenantId;
  readonly id: DeviceId;
  readonly serialNumber: string | null;
  readonly name: string;
  /** A person chose the name; what the Mac calls itself does not replace it. */
  readonly isNamed: boolean;
  readonly model: string;
  readonly osVersion: string;
  readonly createdAt: number;
  readonly quarantine: string | null;
  readonly udid: string | null;
  readonly mdmEnrolled: boolean;
  readonly mdmEnrolledAt: number | null;
  readonly mdmSeenAt: number | null;
  readonly mdmPushable: boolean;
  readonly agentInstalled: boolean;
  readonly agentOnline: boolean;
  readonly agentVersion: string | null;
  readonly agentSeenAt: number | null;
  readonly channels: Readonly<Partial<Record<Channel, ChannelState>>>;
  readonly sensor: { readonly state: string; readonly detail: string };
  readonly facts: DeviceFacts;
  readonly factsAt: number | null;
  readonly isUserEnrollment: boolean;
  readonly setup: DeviceSetup | null;
}

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
const UNTRIED: ChannelState = { health: "unknown", lastUsedAt: null, detail: null };
const health = (state: ChannelState = UNTRIED) => ({ ...state, lastUsedAt: time(state.lastUsedAt) });

/** @param seen what was seen since the row was last written */
export function toDevice(row: DeviceRow, seen: { readonly mdm?: number; readonly agent?: number } = {}): Device {
  const later = (a: number | null, b: number | undefined): number | null => (b === undefined ? a : Math.max(a ?? 0, b));
  return {
    id: row.id,
    tenantId: row.tenantId,
    serialNumber: row.serialNumber,
    name: row.name,
    model: row.model,
    osVersion: row.osVersion,
    createdAt: new Date(row.createdAt).toISOString(),
    quarantine: row.quarantine,
    mdm: {
      enrolled: row.mdmEnrolled,
      lastSeenAt: time(later(row.mdmSeenAt, seen.mdm)),
      enrolledAt: time(row.mdmEnrolledAt),
      udid: row.udid,
      pushable: row.mdmPushable,
      userEnrollment: row.isUserEnrollment,
      setup: row.setup,
    },
    agent: {
      installed: row.agentInstalled,
      online: row.agentOnline,
      version: row.agentVersion,
      lastSeenAt: time(later(row.agentSeenAt, seen.agent)),
      channels: { wire: health(row.channels.wire), wake: health(row.channels.wake), net: health(row.channels.net) },
      sensor: { ...row.sensor },
    },
    facts: row.facts,
    factsAt: time(row.factsAt),
  };
}
