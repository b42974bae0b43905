import assert from "node:assert/strict";
import { test } from "node:test";
import { RateLimit } from "./rate-limit.ts";

test("so many pass per key and time, and the next hears how long to wait", () => {
  const limit = new RateLimit(2, 10_000);
  assert.deepEqual([limit.take("a", 0), limit.take("a", 1), limit.take("a", 4000)], [0, 0, 6]);
  assert.equal(limit.take("b", 4000), 0);
  assert.equal(limit.take("a", 10_000), 0);
});

test("a flood of keys does not grow the memory", () => {
  const limit = new RateLimit(1, 10_000, 3);
  for (let at = 0; at < 1000; at++) assert.equal(limit.take(`key ${at}`, at), 0);
  assert.ok(limit.take("key 999", 1000) > 0);
  assert.equal(limit.take("key 1", 1000), 0);
});
