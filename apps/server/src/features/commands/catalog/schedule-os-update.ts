import { readScheduledUpdates } from "@pomona/mdm";
import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { closed } from "./parts/fields.ts";

/** The Mac acknowledges each update on its own. With InstallForceRestart whoever works on it loses what was not saved. */
export const scheduleOsUpdate = defineCommand({
  requestType: "ScheduleOSUpdate",
  summary: "Download or install system updates (before macOS 27)",
  risk: "rootEquivalent",
  input: closed({
    updates: Type.Array(
      closed({
        productKey: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
        productVersion: Type.Optional(Type.String({ pattern: "^[0-9]+(\\.[0-9]+){0,2}$" })),
        installAction: Type.Enum([
          "Default",
          "DownloadOnly",
          "InstallASAP",
          "NotifyOnly",
          "InstallLater",
          "InstallForceRestart",
        ]),
        maxUserDeferrals: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: 365,
            description: "with InstallLater: how often its user may say later",
          }),
        ),
        priority: Type.Optional(Type.Enum(["Low", "High"])),
      }),
      { minItems: 1, maxItems: 50 },
    ),
  }),
  fault: ({ updates }) => {
    if (updates.some((update) => update.productKey === undefined && update.productVersion === undefined))
      return "every update needs productKey or productVersion";
    return updates.some((update) => update.maxUserDeferrals !== undefined && update.installAction !== "InstallLater")
      ? "maxUserDeferrals need InstallLater"
      : undefined;
  },
  payload: ({ updates }) => ({
    Updates: updates.map((update) => ({
      InstallAction: update.installAction,
      ...(update.productKey === undefined ? {} : { ProductKey: update.productKey }),
      ...(update.productVersion === undefined ? {} : { ProductVersion: update.productVersion }),
      ...(update.maxUserDeferrals === undefined ? {} : { MaxUserDeferrals: update.maxUserDeferrals }),
      ...(update.priority === undefined ? {} : { Priority: update.priority }),
    })),
  }),
  failureIn: (report) => {
    const failed = readScheduledUpdates(report).filter(({ problem }) => problem !== undefined);
    if (failed.length === 0) return undefined;
    return failed.map(({ productKey, problem }) => `${productKey || "update"}: ${problem}`).join("; ");
  },
});
