import assert from "node:assert/strict";
import { test } from "node:test";
import { createBackoff } from "./backoff.ts";

test("waits grow to their ceiling, are a random part of it, and start anew after a reset", () => {
  const highest = createBackoff(250, 60_000, () => 1);
  assert.deepEqual([highest.next(), highest.next(), highest.next()], [250, 500, 1000]);
  for (let i = 0; i < 20; i += 1) highest.next();
  assert.equal(highest.next(), 60_000);
  highest.reset();
  assert.equal(highest.next(), 250);
  assert.equal(createBackoff(250, 60_000, () => 0).next(), 25);
});
