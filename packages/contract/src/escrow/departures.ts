import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, Id, nullable, oneOf, page, paging, Time } from "../shapes.ts";

export const DepartureStepName = oneOf("escrow", "decide", "update", "account", "login", "verify");
export type DepartureStepName = Static<typeof DepartureStepName>;

/**
 * `waiting`: its turn has not come. `running`: the Mac was asked. `needsPerson`: someone must decide or do something; `todo`
 * says what. `failed`: it can be tried again or skipped.
 */
export const DepartureStepState = oneOf("waiting", "running", "needsPerson", "done", "failed", "skipped");

export const DepartureStep = closed({
  step: DepartureStepName,
  title: Type.String(),
  state: DepartureStepState,
  /** What this step does, and why. */
  text: Type.String(),
  /** What macOS does not allow anybody to do from afar here; null when nothing. */
  limit: nullable(Type.String()),
  /** What a person has to do now; null when nothing. */
  todo: nullable(Type.String()),
  /** What was found, one by one; `isGood` is null where it only informs. */
  findings: Type.Array(closed({ isGood: nullable(Type.Boolean()), text: Type.String() })),
  at: nullable(Time),
});
export type DepartureStep = Static<typeof DepartureStep>;

/** An account on the Mac; `hasSecureToken` is null where the Mac did not say. */
export const DepartureAccount = closed({
  name: Type.String(),
  isAdmin: Type.Boolean(),
  hasSecureToken: nullable(Type.Boolean()),
});
export type DepartureAccount = Static<typeof DepartureAccount>;

/** A Mac whose user has left, on its way to the next one. */
export const Departure = closed({
  deviceId: Id,
  state: oneOf("open", "done", "aborted"),
  startedAt: Time,
  startedBy: Type.String(),
  endedAt: nullable(Time),
  choice: nullable(oneOf("erase", "handOver")),
  /** The account that the next person uses. */
  account: nullable(closed({ name: Type.String(), isNew: Type.Boolean() })),
  /** Which step it is at; null when it has ended. */
  step: nullable(DepartureStepName),
  /** The accounts that the agent last found on the Mac; null when it never looked. */
  accounts: nullable(Type.Array(DepartureAccount)),
  steps: Type.Array(DepartureStep),
});
export type Departure = Static<typeof Departure>;

const path = "/devices/{deviceId}/departure";

/** An account's short name as macOS takes it. */
export const AccountName = Type.String({ pattern: "^[a-z_][a-z0-9_.-]{0,30}$" });

export const showDeparture = defineAction({
  name: "escrow.show-departure",
  summary: "Show how far the runbook for a departed user's Mac has come",
  method: "GET",
  path,
  risk: "read",
  input: closed({ deviceId: Id }),
  /** Null when none was started. */
  output: closed({ departure: nullable(Departure) }),
  auditable: [],
});

/** A runbook that is open, and what it waits for. */
export const OpenDeparture = closed({
  deviceId: Id,
  deviceName: Type.String(),
  startedAt: Time,
  startedBy: Type.String(),
  step: DepartureStepName,
  title: Type.String(),
  state: DepartureStepState,
  /** What a person has to do now; null when nothing. */
  todo: nullable(Type.String()),
  /** When the step last changed. */
  at: nullable(Time),
});
export type OpenDeparture = Static<typeof OpenDeparture>;

export const listDepartures = defineAction({
  name: "escrow.list-departures",
  summary: "List the open runbooks of departed users' Macs",
  method: "GET",
  path: "/departures",
  risk: "read",
  input: closed({ ...paging }),
  output: page(OpenDeparture),
  auditable: [],
});

export const startDeparture = defineAction({
  name: "escrow.start-departure",
  summary: "Start the runbook for a Mac whose user has left",
  method: "POST",
  path,
  risk: "change",
  input: closed({ deviceId: Id }),
  output: Departure,
  auditable: ["deviceId"],
  status: 201,
});

export const continueDeparture = defineAction({
  name: "escrow.continue-departure",
  summary: "Go on with the runbook: decide, name the account, or try the current step again",
  method: "POST",
  path: `${path}/continue`,
  risk: "rootEquivalent",
  input: closed({
    deviceId: Id,
    /** The step that the caller saw as the current one, so that two people do not do it twice. */
    step: DepartureStepName,
    /** For `decide`. */
    choice: Type.Optional(oneOf("erase", "handOver")),
    /** For `account`: one that is there, or a new one whose password is made and kept in escrow. */
    account: Type.Optional(
      closed({
        name: AccountName,
        create: Type.Boolean(),
        fullName: Type.Optional(Type.String({ minLength: 1, maxLength: 100, pattern: "^[^\\u0000-\\u001f]+$" })),
        isAdmin: Type.Optional(Type.Boolean()),
      }),
    ),
    /** For a step that a person carried out by hand, as `update` and `login`. */
    isDone: Type.Optional(Type.Boolean()),
  }),
  output: Departure,
  auditable: ["deviceId", "step", "choice", "account", "isDone"],
});

export const skipDepartureStep = defineAction({
  name: "escrow.skip-departure-step",
  summary: "Skip a step of the runbook, with a reason",
  method: "POST",
  path: `${path}/skip`,
  risk: "change",
  input: closed({
    deviceId: Id,
    step: DepartureStepName,
    reason: Type.String({ minLength: 3, maxLength: 500 }),
  }),
  output: Departure,
  auditable: ["deviceId", "step", "reason"],
});

export const abortDeparture = defineAction({
  name: "escrow.abort-departure",
  summary: "Stop the runbook; what was done stays done",
  method: "DELETE",
  path,
  risk: "change",
  input: closed({ deviceId: Id }),
  output: Departure,
  auditable: ["deviceId"],
});
