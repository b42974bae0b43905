import { type Device, releaseDevice, renameDevice, showDevice, showFleet } from "@pomona/contract";
import { asId } from "@pomona/facts";
import { bindAction } from "../../kernel/action.ts";
import { notFound } from "../../kernel/errors.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import { countDevices, readDevice, updateDevice } from "./devices.sql.ts";
import { toDevice } from "./model.ts";
import type { SeenTimes } from "./seen-times.ts";

/** @throws PomonaError `device.not-found`: no such device in the scope's tenant, whoever else may have one */
export async function deviceOf(tx: ReadTransaction, seen: SeenTimes, deviceId: string): Promise<Device> {
  const row = await readDevice(tx, asId<"device">(deviceId));
  if (row === undefined) throw notFound("device", deviceId);
  return toDevice(row, seen.of(row.id));
}

export const deviceActions = (seen: SeenTimes) => [
  bindAction(showDevice, { run: ({ tx }, { deviceId }) => deviceOf(tx, seen, deviceId) }),
  bindAction(renameDevice, {
    run: async ({ tx }, { deviceId, name }) => {
      const id = asId<"device">(deviceId);
      if (!(await updateDevice(tx, id, { name, is_named: 1 }))) throw notFound("device", deviceId);
      await tx.publish({ type: "device.changed", deviceId: id, data: { fields: ["name"] } });
      return deviceOf(tx, seen, deviceId);
    },
  }),
  bindAction(releaseDevice, {
    run: async ({ tx }, { deviceId }) => {
      const id = asId<"device">(deviceId);
      if (!(await updateDevice(tx, id, { quarantine: null }))) throw notFound("device", deviceId);
      await tx.publish({ type: "device.changed", deviceId: id, data: { fields: ["quarantine"] } });
      return deviceOf(tx, seen, deviceId);
    },
  }),
  bindAction(showFleet, {
    run: async ({ tx }) => {
      const { byOsVersion, byModel, ...sums } = await countDevices(tx);
      return {
        ...sums,
        osVersions: byOsVersion.map(({ value, devices }) => ({ osVersion: value, devices })),
        models: byModel.map(({ value, devices }) => ({ model: value, devices })),
      };
    },
  }),
];
