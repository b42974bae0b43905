import assert from "node:assert/strict";
import { test } from "node:test";
import { takeWatchedOrder, watchOrder } from "./watched-orders.ts";

test("a watched order is told once", () => {
  assert.equal(watchOrder("a"), false);
  assert.equal(takeWatchedOrder("a"), true);
  assert.equal(takeWatchedOrder("a"), false);
});

test("an order that finished before it was watched is known at once", () => {
  assert.equal(takeWatchedOrder("b"), false);
  assert.equal(watchOrder("b"), true);
});
