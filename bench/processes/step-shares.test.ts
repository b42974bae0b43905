import assert from "node:assert/strict";
import { test } from "node:test";
import { shareOut } from "./step-shares.ts";

const frame = (functionName: string, url = "") => ({ functionName, url });

test("native time belongs to the step that called it, and idle time to none", () => {
  const shares = shareOut({
    nodes: [
      { id: 1, callFrame: frame("(root)"), children: [2, 3, 5] },
      { id: 2, callFrame: frame("(idle)") },
      { id: 3, callFrame: frame("parsePlist", "file:///x/packages/plist/src/parse.ts"), children: [4] },
      { id: 4, callFrame: frame("indexOf") },
      { id: 5, callFrame: frame("(garbage collector)") },
    ],
    samples: [2, 2, 2, 3, 4, 4, 5],
  });
  assert.deepEqual(shares, [
    { step: "plist", percent: 75 },
    { step: "garbage collection", percent: 25 },
  ]);
});
