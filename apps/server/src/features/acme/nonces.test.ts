import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Nonces } from "./nonces.ts";

test("however nonces are issued and spent, each is good at most once and only among the newest", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constant("issue" as const), fc.nat(200)), { maxLength: 300 }), (steps) => {
      const nonces = new Nonces(16);
      const issued: string[] = [];
      const spent = new Set<number>();
      for (const step of steps) {
        if (step === "issue") issued.push(nonces.issue());
        else if (issued.length > 0) {
          const at = step % issued.length;
          const isGood = !spent.has(at) && at >= issued.length - 16;
          assert.equal(nonces.isFresh(issued[at]!), isGood);
          assert.equal(nonces.spend(issued[at]!), isGood);
          if (isGood) spent.add(at);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test("nonces that were not issued, altered ones and another process's are refused", () => {
  const nonces = new Nonces();
  const good = nonces.issue();
  assert.match(good, /^[A-Za-z0-9_-]+$/);
  for (const other of [
    new Nonces().issue(),
    `${good}A`,
    good.slice(1),
    "",
    "A",
    `B${good.slice(1)}`,
    `${good}=`,
    ` ${good}`,
  ]) {
    assert.equal(nonces.spend(other), false, other);
  }
  assert.equal(nonces.spend(good), true);
});
