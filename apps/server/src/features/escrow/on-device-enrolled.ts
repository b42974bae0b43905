import { onFact } from "../../kernel/fact.ts";
import { readDevice } from "../devices/index.ts";
import { CODE_DAYS } from "./activation-lock.ts";
import { deleteEscrowDevice, putEscrowDevice } from "./devices.sql.ts";
import { readPolicy } from "./policies.sql.ts";

const DAY = 86_400_000;
/** Whether it is supervised is in its first answers. */
const FIRST_CODE_MS = 60_000;

/** What escrow wants of a Mac that has just enrolled, by the tenant's policies. The jobs do it: keys have to be made first. */
export const onDeviceEnrolled = () =>
  onFact<"device.enrolled">({
    name: "escrow/on-device-enrolled",
    types: ["device.enrolled"],
    handle: async (tx, { deviceId }) => {
      if (deviceId === null || (await readDevice(tx, deviceId))?.mdmEnrolled !== true) return;
      const [keys, codes] = [await readPolicy(tx, "fileVaultKey"), await readPolicy(tx, "activationLockDevice")];
      await putEscrowDevice(tx, deviceId, {
        isProfileDue: keys.isAutomatic,
        codeDueAt: codes.isAutomatic ? tx.now + FIRST_CODE_MS : null,
        codeUntil: tx.now + CODE_DAYS * DAY,
      });
    },
  });

/**
 * It came from another MDM server and stays enrolled. That server's escrow profile is on it, and a Mac takes one: ours goes there
 * when somebody renews the certificate or enrolls it again. Its fifteen days are over.
 */
export const onDeviceMovedIn = () =>
  onFact<"device.moved-in">({
    name: "escrow/on-device-moved-in",
    types: ["device.moved-in"],
    handle: async (tx, { deviceId }) => {
      if (deviceId === null) return;
      await putEscrowDevice(tx, deviceId, { isProfileDue: false, codeDueAt: null, codeUntil: tx.now });
    },
  });

/** It left: escrow asks nothing more of it. Every value stays, for its disk may have to be opened for years. */
export const onDeviceUnenrolled = () =>
  onFact<"device.unenrolled">({
    name: "escrow/on-device-unenrolled",
    types: ["device.unenrolled"],
    handle: async (tx, { deviceId }) => {
      if (deviceId === null || (await readDevice(tx, deviceId))?.mdmEnrolled !== false) return;
      await deleteEscrowDevice(tx, deviceId);
    },
  });
