import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, Id, nullable, oneOf, page, paging, Time } from "../shapes.ts";

export const CommandState = oneOf(
  "queued",
  "sent",
  "notNow",
  "acknowledged",
  "error",
  "formatError",
  "expired",
  "cancelled",
);

/** An MDM command and how far it has come. */
export const Command = closed({
  id: Id,
  deviceId: Id,
  commandUuid: Type.String(),
  requestType: Type.String(),
  state: CommandState,
  lane: oneOf("urgent", "normal", "background"),
  createdAt: Time,
  sentAt: nullable(Time),
  answeredAt: nullable(Time),
  expiresAt: nullable(Time),
  notNowCount: Type.Integer(),
  /** Who or what asked for it. */
  actor: Type.String(),
  /** In one sentence, when it failed: the first link of Apple's ErrorChain. */
  error: nullable(Type.String()),
  /** What it waits for, in words, while it is not final. */
  waitsFor: nullable(Type.String()),
});
export type Command = Static<typeof Command>;

export const sendCommand = defineAction({
  name: "commands.send-command",
  summary: "Send an MDM command to a Mac",
  method: "POST",
  path: "/devices/{deviceId}/commands",
  risk: "rootEquivalent",
  input: closed({
    deviceId: Id,
    requestType: Type.String({ minLength: 1, maxLength: 100 }),
    input: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    lane: Type.Optional(oneOf("urgent", "normal", "background")),
    expiresInSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 31_536_000 })),
  }),
  output: closed({ id: Id, commandUuid: Type.String(), state: CommandState }),
  auditable: ["deviceId", "requestType", "lane", "expiresInSeconds"],
  status: 202,
});

export const listCommands = defineAction({
  name: "commands.list-commands",
  summary: "List a Mac's commands, past and upcoming",
  method: "GET",
  path: "/devices/{deviceId}/commands",
  risk: "read",
  input: closed({ ...paging, deviceId: Id, state: Type.Optional(oneOf("upcoming", "past")) }),
  output: page(Command),
  auditable: [],
});

export const cancelCommand = defineAction({
  name: "commands.cancel-command",
  summary: "Cancel a command that was not yet sent",
  method: "DELETE",
  path: "/devices/{deviceId}/commands/{commandId}",
  risk: "change",
  input: closed({ deviceId: Id, commandId: Id }),
  output: Command,
  auditable: ["deviceId", "commandId"],
});

export const listCommandTypes = defineAction({
  name: "commands.list-command-types",
  summary: "List the commands that can be sent",
  method: "GET",
  path: "/command-types",
  risk: "read",
  input: closed({}),
  output: closed({
    items: Type.Array(
      closed({
        requestType: Type.String(),
        summary: Type.String(),
        risk: Type.String(),
        /** JSON Schema of `input`. */
        input: Type.Unknown(),
      }),
    ),
    nextCursor: nullable(Type.String()),
  }),
  auditable: [],
});
