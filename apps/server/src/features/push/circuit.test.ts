import assert from "node:assert/strict";
import { test } from "node:test";
import { Circuit } from "./circuit.ts";

test("while nothing goes through one push tries after each gap, and the gaps grow", () => {
  const circuit = new Circuit();
  assert.ok(circuit.mayTry(0));
  assert.equal(circuit.fail("alarm", 0), true);
  assert.equal(circuit.fail("alarm", 5), false, "one of many that were under way is no new failure");
  assert.deepEqual([circuit.mayTry(59_999), circuit.mayTry(60_000), circuit.mayTry(60_001)], [false, true, false]);
  assert.equal(circuit.fail("alarm", 60_100), true);
  assert.equal(circuit.nextTryAt, 60_100 + 300_000);
  let at = circuit.nextTryAt;
  for (let i = 0; i < 10; i++) {
    assert.ok(circuit.mayTry(at));
    circuit.fail("alarm", at);
    at = circuit.nextTryAt!;
  }
  assert.equal(circuit.nextTryAt! - at, 0);
  circuit.fail("alarm", at);
  assert.equal(circuit.nextTryAt, at + 3_600_000, "an hour is the longest");
});

test("what heals it opens the way at once, and another trouble begins with its own first gap", () => {
  const circuit = new Circuit();
  circuit.fail("retry", 0);
  assert.equal(circuit.nextTryAt, 2000);
  circuit.fail("alarm", 100);
  assert.deepEqual([circuit.trouble, circuit.nextTryAt], ["alarm", 60_100]);
  assert.equal(circuit.heal(), true);
  assert.equal(circuit.heal(), false);
  assert.ok(circuit.mayTry(101));
  assert.equal(circuit.nextTryAt, undefined);
});
