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
  /** Identifier of the user's channel that it goes to (`UDID:UserID`); null is the device channel. */
  channel: nullable(Type.String()),
  /** How often it was sent without an answer. */
  sendCount: Type.Integer(),
  /** Until then it can be taken back and is not sent. */
  notBefore: nullable(Time),
  /** Why a person has to let it go first: `approval`, `restored`, `paused`. */
  hold: nullable(Type.String()),
  /** The batch that it is part of. */
  batchId: nullable(Id),
  /** Its keys were given as a property list and not checked. */
  isRaw: Type.Boolean(),
  /** Why it was given up: the Mac took it and never answered, or its time ran out. */
  deadLetter: nullable(oneOf("unanswered", "expired")),
  /** The command that this one repeats, and the one that repeats this. */
  retryOf: nullable(Id),
  retriedBy: nullable(Id),
});
export type Command = Static<typeof Command>;

/** A command of a list that goes over many Macs. */
export const CommandOfMac = closed({ ...Command.properties, deviceName: Type.String() });
export type CommandOfMac = Static<typeof CommandOfMac>;

const queued = {
  id: Id,
  commandUuid: Type.String(),
  state: CommandState,
  notBefore: nullable(Time),
  hold: nullable(Type.String()),
};
const Queued = closed(queued);

/** Something that does not fit Apple's tables and was sent all the same: it may be newer than they are. */
export const CommandWarning = closed({
  /** `Settings[0].Item`; empty for the whole command. */
  path: Type.String(),
  message: Type.String(),
});
const Checked = closed({ ...queued, warnings: Type.Array(CommandWarning) });

/** Base64 of 1 MB, the largest property list that is taken. */
const MAX_PLIST_BASE64 = 1_398_104;

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
    userId: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description: "UserID of a managed user: the command goes to that user's channel",
      }),
    ),
  }),
  output: Checked,
  auditable: ["deviceId", "requestType", "lane", "expiresInSeconds", "userId"],
  status: 202,
});

export const sendRawCommand = defineAction({
  name: "commands.send-raw-command",
  summary: "Send an MDM command as a property list that nobody checks",
  method: "POST",
  path: "/devices/{deviceId}/raw-commands",
  risk: "destructive",
  input: closed({
    deviceId: Id,
    plist: Type.String({
      minLength: 1,
      maxLength: MAX_PLIST_BASE64,
      description:
        "base64 of a property list: the command's dictionary with its RequestType, or {Command, CommandUUID}",
    }),
    lane: Type.Optional(oneOf("urgent", "normal", "background")),
    expiresInSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 31_536_000 })),
    userId: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  }),
  output: closed({
    ...queued,
    requestType: Type.String(),
    /** Of the property list's bytes, in hex; the audit log has it too. */
    sha256: Type.String(),
    /** What Apple's tables say against it. */
    warnings: Type.Array(CommandWarning),
  }),
  auditable: ["deviceId", "lane", "expiresInSeconds", "userId"],
  status: 202,
});

export const retryCommand = defineAction({
  name: "commands.retry-command",
  summary: "Send a command that failed or was given up once more, as a new command",
  method: "POST",
  path: "/devices/{deviceId}/commands/{commandId}/retry",
  risk: "rootEquivalent",
  input: closed({ deviceId: Id, commandId: Id }),
  output: Queued,
  auditable: ["deviceId", "commandId"],
  status: 202,
});

export const listDeadLetters = defineAction({
  name: "commands.list-dead-letters",
  summary: "List the commands that were given up and not sent again",
  method: "GET",
  path: "/dead-letters",
  risk: "read",
  input: closed({ ...paging }),
  output: page(CommandOfMac),
  auditable: [],
});

export const dismissDeadLetter = defineAction({
  name: "commands.dismiss-dead-letter",
  summary: "Take a command off the list of those that were given up",
  method: "DELETE",
  path: "/dead-letters/{commandId}",
  risk: "change",
  input: closed({ commandId: Id }),
  output: Command,
  auditable: ["commandId"],
});

export const clearCommands = defineAction({
  name: "commands.clear-commands",
  summary: "Cancel all of a Mac's commands that were not yet sent",
  method: "DELETE",
  path: "/devices/{deviceId}/commands",
  risk: "change",
  input: closed({ deviceId: Id }),
  output: closed({
    cancelled: Type.Integer(),
    /** Were sent already: the Mac may be doing them right now. */
    sent: Type.Integer(),
  }),
  auditable: ["deviceId"],
});

const HeldItem = closed({
  kind: oneOf("command", "order", "batch"),
  id: Id,
  deviceId: nullable(Id),
  deviceName: nullable(Type.String()),
  /** The command's request type, or the order's type. */
  type: Type.String(),
  risk: Type.String(),
  /** How many Macs it would still go to. */
  devices: Type.Integer(),
  actor: Type.String(),
  createdAt: Time,
  expiresAt: nullable(Time),
});
export type HeldItem = Static<typeof HeldItem>;

export const listHeld = defineAction({
  name: "commands.list-held",
  summary: "Show what a restored backup would send, and does not until someone says so",
  method: "GET",
  path: "/held",
  risk: "read",
  input: closed({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })) }),
  output: closed({
    /** The last restore that was noticed; null when there was none. */
    restore: nullable(closed({ detectedAt: Time, reason: Type.String() })),
    commands: Type.Integer(),
    orders: Type.Integer(),
    batches: Type.Integer(),
    /** The oldest of each kind. */
    items: Type.Array(HeldItem),
  }),
  auditable: [],
});

export const releaseHeld = defineAction({
  name: "commands.release-held",
  summary: "Let what a restored backup held go out",
  method: "POST",
  path: "/held/release",
  risk: "rootEquivalent",
  input: closed({}),
  output: closed({ commands: Type.Integer(), orders: Type.Integer(), batches: Type.Integer() }),
  auditable: [],
});

export const discardHeld = defineAction({
  name: "commands.discard-held",
  summary: "Cancel what a restored backup held",
  method: "POST",
  path: "/held/discard",
  risk: "change",
  input: closed({
    /** Only these; everything when not given. */
    ids: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 1000 })),
  }),
  output: closed({ commands: Type.Integer(), orders: Type.Integer(), batches: Type.Integer() }),
  auditable: ["ids"],
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
        /** `typed`: its results are read. `generic`: checked against Apple's tables only. */
        kind: oneOf("typed", "generic"),
        summary: Type.String(),
        risk: Type.String(),
        /** JSON Schema of `input`; in that of a generic command data is `{"$data": base64}` and a date `{"$date": RFC 3339}`. */
        input: Type.Unknown(),
        /** Versions of macOS: the first that has it, from which on it should not be used, from which on it is gone. */
        introduced: nullable(Type.String()),
        deprecated: nullable(Type.String()),
        removed: nullable(Type.String()),
        channels: Type.Array(oneOf("device", "user")),
        needsSupervision: Type.Boolean(),
        needsAutomatedEnrollment: Type.Boolean(),
        allowsUserEnrollment: Type.Boolean(),
        chip: nullable(oneOf("apple", "intel")),
      }),
    ),
    nextCursor: nullable(Type.String()),
  }),
  auditable: [],
});
