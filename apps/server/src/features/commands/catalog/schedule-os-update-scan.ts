import { getBoolean } from "@pomona/plist";
import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { closed } from "./parts/fields.ts";

export const scheduleOsUpdateScan = defineCommand({
  requestType: "ScheduleOSUpdateScan",
  summary: "Have the Mac look for system updates (before macOS 27)",
  risk: "change",
  input: closed({ force: Type.Optional(Type.Boolean({ description: "now, and not in the background" })) }),
  payload: ({ force }) => (force === undefined ? {} : { Force: force }),
  failureIn: (report) => (getBoolean(report, "ScanInitiated") === false ? "the Mac began no scan" : undefined),
});
