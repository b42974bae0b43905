import type { ReportStatus } from "./report.ts";

/** How far a command has come. */
export type CommandState =
  | "queued"
  | "sent"
  | "notNow"
  | "acknowledged"
  | "error"
  | "formatError"
  | "expired"
  | "cancelled";

/** What can happen to a command. */
export type CommandEvent = "serve" | "acknowledged" | "error" | "formatError" | "notNow" | "expire" | "cancel";

/**
 * What becomes of a command. A pair that is missing changes nothing: a report that comes twice, or for a command that is
 * already final, is answered with the next command and no more.
 * A report may arrive for a command in state `queued`: the answer that served it was committed after a restart lost it.
 * What was sent cannot be cancelled any more: the Mac may be doing it right now.
 */
const TABLE: Readonly<Record<CommandState, { readonly [event in CommandEvent]?: CommandState }>> = {
  queued: {
    serve: "sent",
    acknowledged: "acknowledged",
    error: "error",
    formatError: "formatError",
    notNow: "notNow",
    expire: "expired",
    cancel: "cancelled",
  },
  sent: {
    serve: "sent",
    acknowledged: "acknowledged",
    error: "error",
    formatError: "formatError",
    notNow: "notNow",
    expire: "expired",
  },
  notNow: {
    serve: "sent",
    acknowledged: "acknowledged",
    error: "error",
    formatError: "formatError",
    notNow: "notNow",
    expire: "expired",
    cancel: "cancelled",
  },
  acknowledged: {},
  error: {},
  formatError: {},
  expired: {},
  cancelled: {},
};

/** The state after an event; undefined when the event changes nothing in this state. */
export const nextCommandState = (state: CommandState, event: CommandEvent): CommandState | undefined =>
  TABLE[state][event];

/** Whether nothing can happen to a command any more. */
export const isFinalCommandState = (state: CommandState): boolean => Object.keys(TABLE[state]).length === 0;

/** What a report says about its command; `Idle` says nothing. */
export function eventOfStatus(status: Exclude<ReportStatus, "Idle">): CommandEvent {
  switch (status) {
    case "Acknowledged":
      return "acknowledged";
    case "Error":
      return "error";
    case "CommandFormatError":
      return "formatError";
    case "NotNow":
      return "notNow";
  }
}

/** Commands that a device may be offered, oldest first within their lane, as `next` looks at them. */
export interface OpenCommand {
  readonly commandUuid: string;
  readonly state: CommandState;
}

/**
 * Which command to answer with: the first that is open, sent ones included, for an answer may have been lost. After
 * `NotNow` those in that state are passed over; any other status offers them again.
 */
export function nextCommand<Command extends OpenCommand>(
  open: readonly Command[],
  status: ReportStatus,
): Command | undefined {
  return status === "NotNow" ? open.find((command) => command.state !== "notNow") : open[0];
}
