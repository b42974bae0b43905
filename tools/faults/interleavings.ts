import type { Fault } from "./fault.ts";

const COMMANDS = "apps/server/src/features/commands";
const ANSWER = `${COMMANDS}/answer-poll.ts`;
const QUEUE = `${COMMANDS}/command-queue.ts`;
const TEST = "apps/server/src/adapters/device-door/queue-interleavings.test.ts";

/** What no test of one case need see, and some order of events shows. */
export const INTERLEAVING_FAULTS: readonly Fault[] = [
  {
    case: "property",
    what: "a queue that was empty stays so in memory",
    file: `${COMMANDS}/queue-memory.ts`,
    find: "    this.#idleUntil.delete(key);\n",
    replace: "",
    test: TEST,
  },
  {
    case: "property",
    what: "an idle queue forgets the end of an undo window",
    file: ANSWER,
    find: "(await readNextStart(tx, deviceId, channel)) ?? Number.POSITIVE_INFINITY",
    replace: "Number.POSITIVE_INFINITY",
    test: TEST,
  },
  {
    case: "property",
    what: "a new enrollment gets what was put off in the old one",
    file: QUEUE,
    find: `for (const row of await readAllOpen(tx, deviceId))
      await this.end(`,
    replace: `for (const row of await readAllOpen(tx, deviceId))
      if (row.state !== "notNow") await this.end(`,
    test: TEST,
  },
  {
    case: "property",
    what: "a renewal begins the enrollment anew",
    file: "apps/server/src/features/enrollment/authenticate.ts",
    find: `enrollment.isRenewing && enrollment.state === "enrolled" && enrollment.pin !== certificate.hash`,
    replace: "enrollment.isRenewing && enrollment.pin === certificate.hash",
    test: TEST,
  },
  {
    case: "property",
    what: "a user's channel answers for the device",
    file: ANSWER,
    find: "(await findOpen(tx, deviceId, channel, commandUuid))",
    replace: `(await findOpen(tx, deviceId, channel, commandUuid)) ??
    (await findOpen(tx, deviceId, DEVICE_CHANNEL, commandUuid))`,
    test: TEST,
  },
  {
    case: "property",
    what: "a poll whose answer was lost uses up a sending",
    file: ANSWER,
    find: `if (row.state !== "sent" || isFarFromLast(row, tx.now)) {`,
    replace: "{",
    test: TEST,
  },
  {
    case: "property",
    what: "what was approved waits for the next command",
    file: QUEUE,
    find: `    await clearHold(tx, id, row.notBefore);
    this.wakeAfterCommit(tx, row);`,
    replace: "    await clearHold(tx, id, row.notBefore);",
    test: TEST,
  },
  {
    case: "property",
    what: "what is sent can be cancelled by clearing the queue",
    file: QUEUE,
    find: `open.filter(({ state }) => nextCommandState(state, "cancel") !== undefined)`,
    replace: "open",
    test: TEST,
  },
  {
    case: "property",
    what: "a command that is sent again keeps its lane no longer",
    file: QUEUE,
    find: `row.lane === LANE_RANK.urgent ? "urgent" : row.lane === LANE_RANK.normal ? "normal" : "background"`,
    replace: `"normal"`,
    test: TEST,
  },
];
