import type { CommandState } from "@pomona/facts";

/** Written from the protocol's cases and the queue's README, not from its code, so that both can be wrong in different places. */
export interface ModelCommand {
  readonly id: string;
  readonly uuid: string;
  readonly requestType: string;
  /** As the API shows it: null is the device channel. */
  readonly channel: string | null;
  readonly lane: "urgent" | "normal" | "background";
  /** Commands of one lane are served in the order of this number. */
  readonly order: number;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly notBefore: number | null;
  readonly batch: string | null;
  readonly state: CommandState;
  readonly hold: "approval" | "paused" | null;
  readonly sentAt: number | null;
  readonly sendCount: number;
  readonly notNowCount: number;
  readonly deadLetter: "unanswered" | "expired" | null;
  readonly isRetried: boolean;
}

export type Status = "Idle" | "Acknowledged" | "Error" | "CommandFormatError" | "NotNow";

/** One Mac's queues as they should be. */
export interface MacQueues {
  readonly commands: readonly ModelCommand[];
  readonly stage: "left" | "authenticated" | "enrolled";
  readonly isQuarantined: boolean;
}

/** What a Mac says, and what it has to get: the UUID of a command, `nothing`, or `refused`. */
export interface Said {
  readonly channel: string | null;
  readonly status: Status;
  readonly uuid?: string | undefined;
}

const FINAL: ReadonlySet<CommandState> = new Set(["acknowledged", "error", "formatError", "expired", "cancelled"]);
const LANES = ["urgent", "normal", "background"];
const ENDS: Readonly<Partial<Record<Status, CommandState>>> = {
  Acknowledged: "acknowledged",
  Error: "error",
  CommandFormatError: "formatError",
};
const SENDINGS = 6;
const ANOTHER_SENDING_MS = 30_000;

export const isOpen = ({ state }: ModelCommand): boolean => !FINAL.has(state);
/** Neither on its way to the Mac nor over. */
export const isUnsent = ({ state }: ModelCommand): boolean => state === "queued" || state === "notNow";
export const isRetryable = ({ state, isRetried }: ModelCommand): boolean =>
  !isRetried && (state === "error" || state === "formatError" || state === "expired");

export const change = (
  queues: MacQueues,
  which: (command: ModelCommand) => boolean,
  to: Partial<ModelCommand> | ((command: ModelCommand) => Partial<ModelCommand>),
): MacQueues => ({
  ...queues,
  commands: queues.commands.map((command) =>
    which(command) ? { ...command, ...(typeof to === "function" ? to(command) : to) } : command,
  ),
});
const one = (id: string) => (command: ModelCommand) => command.id === id;
/** What has ended waits for nobody. */
const ended = (state: CommandState, deadLetter: ModelCommand["deadLetter"] = null): Partial<ModelCommand> => ({
  state,
  deadLetter,
  hold: null,
  notBefore: null,
});

export const cancel = (queues: MacQueues, which: (command: ModelCommand) => boolean): MacQueues =>
  change(queues, (command) => isOpen(command) && which(command), ended("cancelled"));

/** Time has passed, and the job that ends what is too old has run. */
export const expire = (queues: MacQueues, now: number): MacQueues =>
  change(queues, (command) => isOpen(command) && command.expiresAt <= now, ended("expired", "expired"));

/** A poll or a report: what the queue becomes, and what the Mac has to get. */
export function hear(
  queues: MacQueues,
  said: Said,
  now: number,
): { readonly queues: MacQueues; readonly gets: string } {
  if (queues.stage === "left") return { queues, gets: "refused" };
  return serve(takeIn(queues, said), said, now);
}

function takeIn(queues: MacQueues, { channel, status, uuid }: Said): MacQueues {
  // A command that has ended stays as it is, and a channel speaks for its own commands only.
  const meant = (command: ModelCommand) => command.uuid === uuid && command.channel === channel && isOpen(command);
  if (status === "Idle") return queues;
  if (status === "NotNow") {
    return change(queues, meant, ({ notNowCount }) => ({
      state: "notNow",
      notNowCount: notNowCount + 1,
      sendCount: 0,
    }));
  }
  return change(queues, meant, ended(ENDS[status]!));
}

function serve(before: MacQueues, { channel, status }: Said, now: number) {
  let queues = before;
  for (;;) {
    const [next] = queues.commands
      .filter((command) => command.channel === channel && isOpen(command) && command.hold === null)
      .filter(({ notBefore }) => notBefore === null || notBefore <= now)
      .filter(({ state }) => status !== "NotNow" || state !== "notNow")
      .sort((a, b) => LANES.indexOf(a.lane) - LANES.indexOf(b.lane) || a.order - b.order);
    if (next === undefined || queues.isQuarantined) return { queues, gets: "nothing" };
    const isAnotherSending = next.sentAt === null || now - next.sentAt >= ANOTHER_SENDING_MS;
    if (next.expiresAt <= now) queues = change(queues, one(next.id), ended("expired", "expired"));
    else if (next.state === "sent" && next.sendCount >= SENDINGS && isAnotherSending)
      queues = change(queues, one(next.id), ended("expired", "unanswered"));
    else {
      if (next.state !== "sent" || isAnotherSending)
        queues = change(queues, one(next.id), { state: "sent", sentAt: now, sendCount: next.sendCount + 1 });
      return { queues, gets: next.uuid };
    }
  }
}
