import type { Fault } from "./fault.ts";

const COMMANDS = "apps/server/src/features/commands";
const ANSWER = `${COMMANDS}/answer-poll.ts`;
const STATES = "packages/mdm/src/command-state.ts";
const STATES_TEST = "packages/mdm/src/command-state.test.ts";
const QUEUE_TEST = "apps/server/src/adapters/device-door/command-queue.test.ts";

/** Cases 40 to 52: the queue. */
export const QUEUE_FAULTS: readonly Fault[] = [
  {
    case: 40,
    what: "nothing to do is answered with a byte",
    file: "apps/server/src/features/enrollment/check-in.ts",
    find: "export const EMPTY: MdmAnswer = { status: 200 };",
    replace: "export const EMPTY: MdmAnswer = { status: 200, body: new Uint8Array(1) };",
    test: QUEUE_TEST,
  },
  {
    case: 41,
    what: "the newest command goes first",
    file: STATES,
    find: `open.find((command) => command.state !== "notNow") : open[0]`,
    replace: `open.find((command) => command.state !== "notNow") : open.at(-1)`,
    test: QUEUE_TEST,
  },
  {
    case: 42,
    what: "a command in NotNow is offered again at once",
    file: STATES,
    find: `status === "NotNow" ? open.find((command) => command.state !== "notNow") : open[0]`,
    replace: "open[0]",
    test: STATES_TEST,
  },
  {
    case: 43,
    what: "NotNow is not counted",
    file: ANSWER,
    find: "const count = row.notNowCount + 1;",
    replace: "const count = row.notNowCount;",
    test: QUEUE_TEST,
  },
  {
    case: 44,
    what: "what ended with an error is served again",
    file: STATES,
    find: "  error: {},",
    replace: `  error: { serve: "sent" },`,
    test: STATES_TEST,
  },
  {
    case: 45,
    what: "a second report changes a command that has ended",
    file: STATES,
    find: "  acknowledged: {},",
    replace: `  acknowledged: { error: "error" },`,
    test: STATES_TEST,
  },
  {
    case: 46,
    what: "a report for an unknown command is a fault",
    file: ANSWER,
    find: `if (row === undefined || status === "Idle") return first;`,
    replace: `if (row === undefined) throw new Error("unknown command");
  if (status === "Idle") return first;`,
    test: QUEUE_TEST,
  },
  {
    case: 47,
    what: "a report may name no command",
    file: "packages/mdm/src/report.ts",
    find: `commandUuid === undefined || commandUuid === "" || commandUuid.length > 255`,
    replace: `commandUuid === ""`,
    test: "packages/mdm/src/messages.test.ts",
  },
  {
    case: 48,
    what: "each of two polls at once gets a command of its own",
    file: STATES,
    find: `open.find((command) => command.state !== "notNow") : open[0]`,
    replace: `open.find((command) => command.state !== "notNow") : open.find((command) => command.state !== "sent")`,
    test: QUEUE_TEST,
  },
  {
    case: 49,
    what: "a UUID may go to one Mac twice",
    file: `${COMMANDS}/command-queue.ts`,
    find: "if (order.commandUuid !== undefined && (await isUuidTaken(",
    replace: "if (order.commandUuid === null && (await isUuidTaken(",
    test: QUEUE_TEST,
  },
  {
    case: 50,
    what: "the push goes out within the transaction",
    file: `${COMMANDS}/command-queue.ts`,
    find: "if (hold === null) this.wakeAfterCommit(tx, { deviceId, channel, notBefore });",
    replace: "if (hold === null) this.wake(tx.scope.tenantId, deviceId, channel);",
    test: QUEUE_TEST,
  },
  {
    case: 51,
    what: "what was sent once is given up",
    file: ANSWER,
    find: `next.state === "sent" && next.sendCount >= MAX_SENDINGS && isFarFromLast(next, tx.now)`,
    replace: `next.state === "sent"`,
    test: QUEUE_TEST,
  },
  {
    case: 52,
    what: "what a command needs is not asked again when it is served",
    file: ANSWER,
    find: "const objection = await queue.possibility.objection(tx, next, enrollment);",
    replace: "const objection = undefined;",
    test: QUEUE_TEST,
  },
];
