import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, Id, nullable, oneOf, Time } from "../shapes.ts";

/**
 * Whether the tenant's secrets would survive the loss of this server. `outdated`: a data key was made since the bundle that was
 * tested, so it does not open everything. `stale`: the last drill was long ago.
 */
export const RecoveryState = oneOf("neverExported", "neverTested", "outdated", "stale", "tested");
export type RecoveryState = Static<typeof RecoveryState>;

export const RecoverySummary = closed({
  state: RecoveryState,
  /** What to do, in a sentence; null when nothing. */
  advice: nullable(Type.String()),
  exportedAt: nullable(Time),
  /** When a drill last proved that a bundle opens. */
  testedAt: nullable(Time),
});
export type RecoverySummary = Static<typeof RecoverySummary>;

/** What was taken out of this server, encrypted; the server keeps no copy of it. */
export const RecoveryBundle = closed({
  id: Id,
  exportedAt: Time,
  exportedBy: Type.String(),
  /** Whose keys open it. */
  recipients: Type.Array(Type.String()),
  values: Type.Integer(),
  /** What did not open on the server either, when the bundle was made. */
  unreadable: Type.Integer(),
  testedAt: nullable(Time),
});
export type RecoveryBundle = Static<typeof RecoveryBundle>;

/** How far older values have been sealed anew under the newest data key. */
export const Reseal = closed({
  startedAt: Time,
  endedAt: nullable(Time),
  total: Type.Integer(),
  resealed: Type.Integer(),
  /** They do not open; left as they were. */
  failed: Type.Integer(),
});
export type Reseal = Static<typeof Reseal>;

export const showRecovery = defineAction({
  name: "recovery.show-recovery",
  summary: "Show whether the tenant's secrets would survive the loss of this server, and its data keys",
  method: "GET",
  path: "/recovery",
  risk: "read",
  input: closed({}),
  output: closed({
    summary: RecoverySummary,
    /** Newest first; at most 50. */
    bundles: Type.Array(RecoveryBundle),
    /** Names of the data keys, newest first: the first one seals, all of them open. */
    dataKeys: Type.Array(Type.String()),
    reseal: nullable(Reseal),
  }),
  auditable: [],
});

export const rotateDataKey = defineAction({
  name: "recovery.rotate-data-key",
  summary: "Make a new key that seals the tenant's secrets; the old ones stay, so that what they sealed opens",
  method: "POST",
  path: "/recovery/data-key",
  risk: "rootEquivalent",
  input: closed({
    /** Whether older values are sealed anew too, in slices; true when not given. */
    reseal: Type.Optional(Type.Boolean()),
  }),
  output: closed({ kid: Type.String(), dataKeys: Type.Integer(), total: Type.Integer() }),
  auditable: ["reseal"],
  status: 201,
});

export const confirmDrill = defineAction({
  name: "recovery.confirm-drill",
  summary: "Record that a recovery drill passed, by the code that it printed",
  method: "POST",
  path: "/recovery/drills",
  risk: "change",
  input: closed({
    /** As the drill printed it; only a bundle that was opened gives it. */
    code: Type.String({ minLength: 20, maxLength: 60 }),
  }),
  output: closed({ bundleId: Id, testedAt: Time }),
  auditable: [],
  status: 201,
});
