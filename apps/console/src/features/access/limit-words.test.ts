import assert from "node:assert/strict";
import { test } from "node:test";
import { limitChange, undoWords } from "./limit-words.ts";

const NOW = { perActor: 20, perTenant: 40, undoSeconds: 30 };

test("what touches fewer Macs or can be undone longer is tighter, the contrary is looser, and the same is neither", () => {
  assert.deepEqual(limitChange(NOW, NOW), { tighter: [], looser: [] });
  assert.deepEqual(limitChange(NOW, { perActor: 10, perTenant: 80, undoSeconds: 10 }), {
    tighter: ["Macs in an hour for one person or token"],
    looser: ["Macs in an hour for all together", "the undo window"],
  });
  assert.deepEqual(limitChange(NOW, { ...NOW, undoSeconds: 60 }).tighter, ["the undo window"]);
});

test("an undo window is told as a duration, and none as none", () => {
  assert.deepEqual([undoWords(0), undoWords(30), undoWords(3600)], ["none", "30 s", "1 h"]);
});
