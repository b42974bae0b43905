import { mirroringFailure } from "@pomona/mdm";
import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { closed } from "./parts/fields.ts";

/** Whoever sits in front of the Mac is asked, and may decline. */
export const requestMirroring = defineCommand({
  requestType: "RequestMirroring",
  summary: "Ask to mirror the screen over AirPlay",
  risk: "change",
  input: closed({
    destinationName: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    destinationDeviceId: Type.Optional(
      Type.String({
        pattern: "^([0-9A-Fa-f]{2}:){4,5}[0-9A-Fa-f]{2}$",
        description: "hardware address of the receiver",
      }),
    ),
    scanSeconds: Type.Optional(Type.Integer({ minimum: 10, maximum: 300, default: 30 })),
    password: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: "of the receiver" })),
  }),
  sealed: ["password"],
  fault: ({ destinationName, destinationDeviceId }) =>
    destinationName === undefined && destinationDeviceId === undefined
      ? "destinationName or destinationDeviceId is needed"
      : undefined,
  payload: ({ destinationName, destinationDeviceId, scanSeconds, password }) => ({
    ...(destinationName === undefined ? {} : { DestinationName: destinationName }),
    ...(destinationDeviceId === undefined ? {} : { DestinationDeviceID: destinationDeviceId }),
    ...(scanSeconds === undefined ? {} : { ScanTime: scanSeconds }),
    ...(password === undefined ? {} : { Password: password }),
  }),
  failureIn: mirroringFailure,
});
