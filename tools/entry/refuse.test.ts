import assert from "node:assert/strict";
import { test } from "node:test";
import { Refusal, refuseOldNode } from "./refuse.mjs";

test("Node before 20.19 is refused and told what is needed", () => {
  for (const old of ["18.20.4", "20.18.3", "20.9.0"]) {
    assert.throws(
      () => refuseOldNode(old),
      (error) => error instanceof Refusal && error.message.includes("20.19 or newer"),
    );
  }
});

test("Node 20.19 and everything newer is taken", () => {
  for (const fine of ["20.19.0", "20.20.2", "22.0.0", "26.10.0"]) assert.doesNotThrow(() => refuseOldNode(fine));
});
