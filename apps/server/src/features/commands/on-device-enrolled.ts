import type { CommandId } from "@pomona/facts";
import { onFact } from "../../kernel/fact.ts";
import { readEnrollmentOfDevice } from "../enrollment/index.ts";
import type { CommandQueue } from "./command-queue.ts";
import { DEVICE_CHANNEL } from "./model.ts";
import type { SetupWork } from "./setup/setup-work.ts";

/** What is asked of every Mac that has just enrolled, in this order. */
export const FIRST_QUESTIONS: readonly string[] = [
  "DeviceInformation",
  "SecurityInfo",
  "InstalledApplicationList",
  "ProfileList",
  "CertificateList",
];

/** What a Mac in Setup Assistant has to have answered before it goes on. */
export const FIRST_QUESTIONS_WORK = "commands/first-questions";

/** Gets to know a new Mac. The fact comes once per enrollment, and the relay runs this once per fact. */
export const onDeviceEnrolled = (queue: CommandQueue, setup: Pick<SetupWork, "follow">) =>
  onFact({
    name: "commands/on-device-enrolled",
    types: ["device.enrolled"],
    handle: async (tx, fact) => {
      const deviceId = fact.deviceId!;
      // It may have left while the fact was on its way.
      const enrollment = await readEnrollmentOfDevice(tx, deviceId);
      if (enrollment === undefined) return;
      const asked: CommandId[] = [];
      for (const requestType of FIRST_QUESTIONS) {
        // A User Enrollment may not be asked everything.
        const command = { deviceId, requestType, channel: DEVICE_CHANNEL, isRaw: false };
        if ((await queue.possibility.objection(tx, command, enrollment)) !== undefined) continue;
        asked.push((await queue.enqueue(tx, { deviceId, requestType, actor: "enrollment" })).id);
      }
      await setup.follow(tx, deviceId, FIRST_QUESTIONS_WORK, asked);
    },
  });
