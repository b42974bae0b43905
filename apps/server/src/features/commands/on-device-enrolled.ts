import { onFact } from "../../kernel/fact.ts";
import { readEnrollmentOfDevice } from "../enrollment/index.ts";
import type { CommandQueue } from "./command-queue.ts";
import { DEVICE_CHANNEL } from "./model.ts";

/** What is asked of every Mac that has just enrolled, in this order. */
export const FIRST_QUESTIONS: readonly string[] = [
  "DeviceInformation",
  "SecurityInfo",
  "InstalledApplicationList",
  "ProfileList",
  "CertificateList",
];

/** Gets to know a new Mac. The fact comes once per enrollment, and the relay runs this once per fact. */
export const onDeviceEnrolled = (queue: CommandQueue) =>
  onFact({
    name: "commands/on-device-enrolled",
    types: ["device.enrolled"],
    handle: async (tx, fact) => {
      const deviceId = fact.deviceId!;
      // It may have left while the fact was on its way.
      const enrollment = await readEnrollmentOfDevice(tx, deviceId);
      if (enrollment === undefined) return;
      for (const requestType of FIRST_QUESTIONS) {
        // A User Enrollment may not be asked everything.
        const command = { deviceId, requestType, channel: DEVICE_CHANNEL, isRaw: false };
        if ((await queue.possibility.objection(tx, command, enrollment)) !== undefined) continue;
        await queue.enqueue(tx, { deviceId, requestType, actor: "enrollment" });
      }
      // Last of all, behind whatever other features queue now: Setup Assistant waits for it.
      if (enrollment.isAwaitingConfiguration) {
        await queue.enqueue(tx, { deviceId, requestType: "DeviceConfigured", lane: "background", actor: "enrollment" });
      }
    },
  });
