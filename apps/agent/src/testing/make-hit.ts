import type { BlockRule } from "@pomona/rules";
import type { Hit } from "../sensors/hit.ts";

/** The rule that every made-up hit is of. */
export const RULE: BlockRule = { id: "r1", name: "No miners", match: { name: { exact: "xmrig" } }, mode: "block" };
/** A hit on a process that was killed, with whatever a test wants otherwise. */
export const makeHit = (over: Partial<Hit> = {}): Hit => ({
  event: {
    kind: "exec",
    at: 1000.5,
    machTime: 0,
    version: 10,
    unknownVersion: false,
    target: {
      path: "/tmp/xmrig",
      cdhash: "AB".repeat(20),
      isPlatformBinary: false,
      token: { pid: 77, pidversion: 2, words: [501, 501, 20, 501, 20, 77, 1, 2] },
      parent: undefined,
      ppid: 1,
    },
    before: { pid: 77, pidversion: 1 },
    args: ["xmrig", "--password", "hunter2"],
    argsTruncated: false,
    cwd: undefined,
  },
  rule: RULE,
  outcome: "block",
  alsoMatched: [],
  action: "killed",
  kill: { outcome: "killed" },
  swept: [],
  times: { eventAt: 1000.5, receivedAt: 1001, decidedAt: 1001.2, killedAt: 1001.4 },
  ...over,
});
