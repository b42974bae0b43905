import assert from "node:assert/strict";
import { test } from "node:test";
import { ReplayGuard } from "./replay-guard.ts";

const MINUTE = 60_000;

test("an identical message is let through for five minutes, and refused afterwards", () => {
  const guard = new ReplayGuard();
  assert.equal(guard.isReplay("mac", "signature", 1000, 0), false);
  assert.equal(guard.isReplay("mac", "signature", 1000, 4 * MINUTE), false);
  assert.equal(guard.isReplay("mac", "signature", 1000, 6 * MINUTE), true);
});

test("a message whose signing time is well before the newest of its sender is refused, whatever our own clock says", () => {
  const guard = new ReplayGuard();
  assert.equal(guard.isReplay("mac", "a", 100 * MINUTE, 0), false);
  assert.equal(guard.isReplay("mac", "b", 98 * MINUTE, 0), false, "two messages may cross");
  assert.equal(guard.isReplay("mac", "c", 90 * MINUTE, 0), true);
  assert.equal(guard.isReplay("another", "d", 90 * MINUTE, 0), false);
});

test("a new enrollment may have another clock", () => {
  const guard = new ReplayGuard();
  guard.isReplay("mac", "a", 100 * MINUTE, 0);
  guard.forget("mac");
  assert.equal(guard.isReplay("mac", "b", 1 * MINUTE, 0), false);
});

test("a message without a signing time is judged by its signature alone", () => {
  const guard = new ReplayGuard();
  assert.equal(guard.isReplay("mac", "a", undefined, 0), false);
  assert.equal(guard.isReplay("mac", "a", undefined, 6 * MINUTE), true);
});
