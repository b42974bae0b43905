import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { closed } from "./parts/fields.ts";
import { notOnUserEnrollment } from "./parts/on-enrollment.ts";

export const restartDevice = defineCommand({
  requestType: "RestartDevice",
  summary: "Restart",
  risk: "rootEquivalent",
  input: closed({
    notifyUser: Type.Optional(Type.Boolean({ description: "ask whoever is logged in first (macOS 11.3)" })),
    rebuildKernelCache: Type.Optional(
      Type.Boolean({ description: "so that approved kernel extensions load; needs the bootstrap token (macOS 11)" }),
    ),
    kextPaths: Type.Optional(
      Type.Array(Type.String({ pattern: "^/", maxLength: 1024 }), {
        minItems: 1,
        maxItems: 100,
        description: "kernel extensions to put into the cache; all that are known when missing",
      }),
    ),
  }),
  fault: ({ rebuildKernelCache, kextPaths }) =>
    kextPaths !== undefined && rebuildKernelCache !== true ? "kextPaths need rebuildKernelCache" : undefined,
  payload: ({ notifyUser, rebuildKernelCache, kextPaths }) => ({
    ...(notifyUser === undefined ? {} : { NotifyUser: notifyUser }),
    ...(rebuildKernelCache === undefined ? {} : { RebuildKernelCache: rebuildKernelCache }),
    ...(kextPaths === undefined ? {} : { KextPaths: kextPaths }),
  }),
  objection: notOnUserEnrollment,
});
