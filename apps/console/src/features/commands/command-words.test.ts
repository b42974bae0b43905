import assert from "node:assert/strict";
import { test } from "node:test";
import { isInUndoWindow, isRetryable } from "./command-words.ts";

const NOW = Date.parse("2026-11-22T12:00:00.000Z");

test("a command can be taken back in its window while nothing was sent and nobody holds it", () => {
  const command = { state: "queued", hold: null, notBefore: "2026-11-22T12:00:20.000Z" } as const;
  assert.equal(isInUndoWindow(command, NOW), true);
  assert.equal(isInUndoWindow(command, NOW + 20_000), false);
  assert.equal(isInUndoWindow({ ...command, state: "sent" }, NOW), false);
  assert.equal(isInUndoWindow({ ...command, hold: "restored" }, NOW), false);
  assert.equal(isInUndoWindow({ ...command, notBefore: null }, NOW), false);
});

test("what failed or was given up is sent again once", () => {
  for (const state of ["error", "formatError", "expired"] as const) {
    assert.equal(isRetryable({ state, retriedBy: null }), true);
    assert.equal(isRetryable({ state, retriedBy: "c" }), false);
  }
  for (const state of ["queued", "sent", "notNow", "acknowledged", "cancelled"] as const)
    assert.equal(isRetryable({ state, retriedBy: null }), false);
});
