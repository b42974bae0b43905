import assert from "node:assert/strict";
import { test } from "node:test";
import type { Batch } from "@pomona/contract";
import { batchWord, progressParts, progressSentence } from "./batch-words.ts";

const NONE: Batch["progress"] = {
  waiting: 0,
  queued: 0,
  sent: 0,
  notNow: 0,
  acknowledged: 0,
  failed: 0,
  expired: 0,
  cancelled: 0,
  notPossible: 0,
};

test("a batch that is over is good only when it reached every Mac", () => {
  const over = (progress: Partial<Batch["progress"]>) =>
    batchWord({ state: "done", progress: { ...NONE, ...progress } });
  assert.deepEqual(over({ acknowledged: 3 }), { word: "Done", tone: "good" });
  for (const what of ["failed", "expired", "notPossible"] as const)
    assert.deepEqual(over({ acknowledged: 2, [what]: 1 }), { word: "Done", tone: "attention" });
});

test("every Mac of a batch is in exactly one part of its progress", () => {
  const progress = Object.fromEntries(Object.keys(NONE).map((name, index) => [name, 2 ** index])) as typeof NONE;
  const total = progressParts({ progress }).reduce((sum, { count }) => sum + count, 0);
  assert.equal(total, 2 ** Object.keys(NONE).length - 1);
});

test("the list says how many did it and how many never will", () => {
  const progress = { ...NONE, acknowledged: 1380, failed: 2, notPossible: 1, sent: 29 };
  assert.equal(progressSentence({ total: 1412, progress }), "1,380 of 1,412 Macs, 3 did not");
  assert.equal(progressSentence({ total: 1, progress: NONE }), "0 of 1 Mac");
});
