import type { DeviceFacts, DeviceSetup } from "@pomona/contract";
import type { Channel, DeviceId } from "@pomona/facts";
import { newId } from "../../kernel/clock.ts";
import { notFound } from "../../kernel/errors.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { insertDevice, readDevice, readDeviceBySerial, updateDevice } from "./devices.sql.ts";
import type { ChannelState } from "./model.ts";

/** What a Mac says of itself when it enrolls. */
export interface EnrollingDevice {
  /** null for User Enrollment, where Apple keeps it back. */
  readonly serialNumber: string | null;
  /** null for the same reason. */
  readonly udid: string | null;
  readonly name: string;
  readonly model: string;
  readonly osVersion: string;
  /** The row that this identity already stands for, where the caller knows. */
  readonly deviceId?: DeviceId;
}

/** Finds the device by its serial number within the tenant, or makes it. @returns its id, and whether it was known */
export async function upsertDeviceAtEnrollment(
  tx: WriteTransaction,
  device: EnrollingDevice,
): Promise<{ readonly deviceId: DeviceId; readonly isKnown: boolean }> {
  const { serialNumber, udid, name, model, osVersion } = device;
  const known =
    device.deviceId !== undefined
      ? await readDevice(tx, device.deviceId)
      : serialNumber === null
        ? undefined
        : await readDeviceBySerial(tx, serialNumber);
  const columns = { udid, model, os_version: osVersion, serial_number: serialNumber };
  if (known === undefined) {
    const deviceId = newId<"device">(tx.now);
    await insertDevice(tx, deviceId, { ...columns, name: name || serialNumber || "Mac" });
    return { deviceId, isKnown: false };
  }
  await updateDevice(tx, known.id, { ...columns, ...(name === "" || known.isNamed ? {} : { name }) });
  return { deviceId: known.id, isKnown: true };
}

export interface MdmState {
  readonly isEnrolled?: boolean;
  readonly enrolledAt?: number;
  readonly isPushable?: boolean;
  readonly isUserEnrollment?: boolean;
  /** What it waits for in Setup Assistant; null forgets it. */
  readonly setup?: DeviceSetup | null;
}

export async function setMdmState(tx: WriteTransaction, deviceId: DeviceId, state: MdmState): Promise<void> {
  await updateDevice(tx, deviceId, {
    ...(state.isEnrolled === undefined ? {} : { mdm_enrolled: state.isEnrolled ? 1 : 0 }),
    ...(state.enrolledAt === undefined ? {} : { mdm_enrolled_at: state.enrolledAt }),
    ...(state.isPushable === undefined ? {} : { mdm_pushable: state.isPushable ? 1 : 0 }),
    ...(state.isUserEnrollment === undefined ? {} : { is_user_enrollment: state.isUserEnrollment ? 1 : 0 }),
    ...(state.setup === undefined ? {} : { setup: state.setup && JSON.stringify(state.setup) }),
  });
}

export interface AgentState {
  readonly isInstalled?: boolean;
  readonly isOnline?: boolean;
  readonly version?: string;
  readonly sensor?: { readonly state: string; readonly detail: string };
}

export async function setAgentState(tx: WriteTransaction, deviceId: DeviceId, state: AgentState): Promise<void> {
  const columns = {
    ...(state.isInstalled === undefined ? {} : { agent_installed: state.isInstalled ? 1 : 0 }),
    ...(state.isOnline === undefined ? {} : { agent_online: state.isOnline ? 1 : 0, agent_seen_at: tx.now }),
    ...(state.version === undefined ? {} : { agent_version: state.version }),
    ...(state.sensor === undefined ? {} : { sensor_state: state.sensor.state, sensor_detail: state.sensor.detail }),
  };
  if (Object.keys(columns).length > 0) await updateDevice(tx, deviceId, columns);
}

/** Notes the health of one of the three ways; tells of it when it changed. */
export async function setChannel(
  tx: WriteTransaction,
  deviceId: DeviceId,
  channel: Channel,
  state: ChannelState,
): Promise<void> {
  const device = await readDevice(tx, deviceId);
  if (device === undefined) throw notFound("device", deviceId);
  await updateDevice(tx, deviceId, { channels: JSON.stringify({ ...device.channels, [channel]: state }) });
  if (device.channels[channel]?.health !== state.health) {
    await tx.publish({ type: "agent.channel-changed", deviceId, data: { channel, health: state.health } });
  }
}

export interface ReportedFacts {
  readonly name?: string | undefined;
  readonly model?: string | undefined;
  readonly osVersion?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly facts: DeviceFacts;
}

/** Lays what was reported over what was known, and publishes `device.changed` with what differs. */
export async function mergeDeviceFacts(
  tx: WriteTransaction,
  deviceId: DeviceId,
  reported: ReportedFacts,
): Promise<void> {
  const device = await readDevice(tx, deviceId);
  if (device === undefined) return;
  const { serialNumber } = reported;
  if (serialNumber !== undefined && serialNumber !== "" && device.serialNumber !== null) {
    if (serialNumber !== device.serialNumber) {
      const what = `This Mac enrolled as ${device.serialNumber}, and what answers in its name says it is ${serialNumber}.`;
      await quarantineDevice(tx, deviceId, `${what} Erase the copy, enroll the original anew, then release it.`);
    }
  }
  const changed: string[] = [];
  const columns: { name?: string; model?: string; os_version?: string } = {};
  if (reported.name !== undefined && reported.name !== "" && reported.name !== device.name)
    columns.name = reported.name;
  if (reported.model !== undefined && reported.model !== device.model) columns.model = reported.model;
  if (reported.osVersion !== undefined && reported.osVersion !== device.osVersion)
    columns.os_version = reported.osVersion;
  changed.push(...Object.keys(columns));
  for (const [key, value] of Object.entries(reported.facts)) {
    if (JSON.stringify(device.facts[key as keyof DeviceFacts]) !== JSON.stringify(value)) changed.push(key);
  }
  const facts = JSON.stringify({ ...device.facts, ...reported.facts });
  await updateDevice(tx, deviceId, { ...columns, facts, facts_at: tx.now });
  if (changed.length > 0) await tx.publish({ type: "device.changed", deviceId, data: { fields: changed } });
}

/** Holds a device whose identity was used by two bodies, until a person releases it. */
export async function quarantineDevice(tx: WriteTransaction, deviceId: DeviceId, reason: string): Promise<void> {
  const device = await readDevice(tx, deviceId);
  // Once held it stays held for its first reason: what else is seen is no news until a person has looked.
  if (device === undefined || device.quarantine !== null) return;
  await updateDevice(tx, deviceId, { quarantine: reason });
  await tx.publish({ type: "device.quarantined", deviceId, data: { reason } });
}
