import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { CommandOfMac } from "../commands/commands.ts";
import { deviceFilter } from "../devices/devices.ts";
import { closed, Id, Name, nullable, oneOf, page, paging, Time } from "../shapes.ts";

/**
 * `waiting`: its undo window is open. `held`: a person has to let it go first. `running`: its commands are queued, in
 * slices. `paused`: what was not sent waits. `sending`: all are queued. The last two are final.
 */
export const BatchState = oneOf("waiting", "held", "running", "paused", "sending", "cancelled", "done");

const Progress = closed({
  /** Not yet in a Mac's queue. */
  waiting: Type.Integer(),
  queued: Type.Integer(),
  sent: Type.Integer(),
  notNow: Type.Integer(),
  acknowledged: Type.Integer(),
  failed: Type.Integer(),
  expired: Type.Integer(),
  cancelled: Type.Integer(),
  /** Macs that cannot take it; the reasons are counted in `refusals`. */
  notPossible: Type.Integer(),
});

const Reason = closed({ reason: Type.String(), devices: Type.Integer() });

/** One command to many Macs and how far it has come. */
export const Batch = closed({
  id: Id,
  name: Type.String(),
  requestType: Type.String(),
  /** The same for all of them. */
  commandUuid: Type.String(),
  state: BatchState,
  waitsFor: nullable(Type.String()),
  /** Why a person has to let it go first, while it is `held`. */
  hold: nullable(oneOf("approval", "restored")),
  lane: oneOf("urgent", "normal", "background"),
  createdAt: Time,
  /** Until then it can be taken back whole. */
  startsAt: Time,
  finishedAt: nullable(Time),
  actor: Type.String(),
  total: Type.Integer(),
  progress: Progress,
  failures: Type.Array(Reason),
  refusals: Type.Array(Reason),
});
export type Batch = Static<typeof Batch>;

const target = {
  /** Macs that fit; an empty filter is all of them. */
  filter: Type.Optional(closed(deviceFilter)),
  /** These as well. */
  deviceIds: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 20_000 })),
};
const command = {
  requestType: Type.String({ minLength: 1, maxLength: 100 }),
  input: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
};

export const previewBatch = defineAction({
  name: "batches.preview",
  summary: "Count the Macs that a batch would reach, and those that cannot take it",
  method: "POST",
  path: "/batches/preview",
  risk: "read",
  input: closed({ ...target, ...command }),
  output: closed({
    total: Type.Integer(),
    possible: Type.Integer(),
    refusals: Type.Array(Reason),
    /** Of `deviceIds`: not a Mac of this tenant. */
    unknown: Type.Array(Id),
    risk: Type.String(),
    /** How long it can be taken back before anything is sent. */
    undoSeconds: Type.Integer(),
  }),
  auditable: [],
});

export const createBatch = defineAction({
  name: "batches.create",
  summary: "Send one command to many Macs",
  method: "POST",
  path: "/batches",
  risk: "rootEquivalent",
  input: closed({
    ...target,
    ...command,
    name: Type.Optional(Name),
    lane: Type.Optional(oneOf("urgent", "normal", "background")),
    expiresInSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 31_536_000 })),
  }),
  output: closed({ ...Batch.properties, unknown: Type.Array(Id) }),
  auditable: ["name", "requestType", "filter", "lane", "expiresInSeconds"],
  status: 201,
});

export const listBatches = defineAction({
  name: "batches.list",
  summary: "List batches, newest first",
  method: "GET",
  path: "/batches",
  risk: "read",
  input: closed({ ...paging }),
  output: page(Batch),
  auditable: [],
});

export const showBatch = defineAction({
  name: "batches.show",
  summary: "Show a batch and how far it has come",
  method: "GET",
  path: "/batches/{batchId}",
  risk: "read",
  input: closed({ batchId: Id }),
  output: Batch,
  auditable: [],
});

export const listRefused = defineAction({
  name: "batches.list-refused",
  summary: "List the Macs of a batch that cannot take its command, and why",
  method: "GET",
  path: "/batches/{batchId}/refused",
  risk: "read",
  input: closed({ ...paging, batchId: Id }),
  output: page(closed({ deviceId: Id, deviceName: Type.String(), reason: Type.String() })),
  auditable: [],
});

export const listBatchCommands = defineAction({
  name: "batches.list-commands",
  summary: "List the commands of a batch, Mac by Mac",
  method: "GET",
  path: "/batches/{batchId}/commands",
  risk: "read",
  input: closed({
    ...paging,
    batchId: Id,
    /** `open`: queued, sent or put off. `failed`: the Mac could not do it, or did not understand it. All when not given. */
    state: Type.Optional(oneOf("open", "acknowledged", "failed", "expired", "cancelled")),
  }),
  output: page(CommandOfMac),
  auditable: [],
});

const change = (verb: "pause" | "resume" | "cancel", summary: string) =>
  defineAction({
    name: `batches.${verb}`,
    summary,
    method: "POST",
    path: `/batches/{batchId}/${verb}`,
    risk: "change",
    input: closed({ batchId: Id }),
    output: Batch,
    auditable: ["batchId"],
  });

export const pauseBatch = change("pause", "Hold back what a batch has not yet sent");
export const resumeBatch = change("resume", "Let a paused batch go on");
export const cancelBatch = change("cancel", "Cancel what a batch has not yet sent");
