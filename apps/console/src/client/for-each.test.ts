import assert from "node:assert/strict";
import { test } from "node:test";
import { forEach } from "./for-each.ts";
import { problemFrom } from "./problem-error.ts";

test("what fails for one is told once, and the others are done all the same, a few at a time", async () => {
  const seen: number[] = [];
  let running = 0;
  let most = 0;
  const told = await forEach(
    Array.from({ length: 40 }, (_, index) => index + 1),
    async (item) => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      seen.push(item);
      running--;
      if (item % 10 === 0) throw problemFrom(409, { detail: `${item} is gone` });
    },
  );
  assert.deepEqual(told, { done: 36, failed: 4, reason: "10 is gone" });
  assert.equal(new Set(seen).size, 40);
  assert.ok(most <= 6, `${most} at once`);
});
