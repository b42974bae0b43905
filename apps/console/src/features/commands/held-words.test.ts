import assert from "node:assert/strict";
import { test } from "node:test";
import { heldSentence, heldTitle, heldTotal } from "./held-words.ts";

test("what is held is counted by kind, and kinds of which there are none are not named", () => {
  assert.equal(heldSentence({ commands: 2, orders: 1, batches: 2 }), "2 commands, 1 order, 2 batches");
  assert.equal(heldSentence({ commands: 0, orders: 1, batches: 0 }), "1 order");
  assert.equal(heldTotal({ commands: 2, orders: 1, batches: 3 }), 6);
});

test("an order has the name that people know, a command Apple's", () => {
  assert.equal(heldTitle({ kind: "order", type: "run-script" }), "Run script");
  assert.equal(heldTitle({ kind: "command", type: "EraseDevice" }), "EraseDevice");
});
