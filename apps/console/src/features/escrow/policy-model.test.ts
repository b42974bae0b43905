import assert from "node:assert/strict";
import { test } from "node:test";
import { POLICY_BOUNDS, policyFaults, standardWords } from "./policy-model.ts";

const policy = { isAutomatic: true, everyDays: 90, afterRevealMinutes: 60, keepOldDays: 365 };

test("the form's bounds are those of the contract, and what is outside is said in words", () => {
  assert.deepEqual(POLICY_BOUNDS, {
    everyDays: { min: 1, max: 3650 },
    afterRevealMinutes: { min: 5, max: 1440 },
    keepOldDays: { min: 7, max: 3650 },
  });
  assert.deepEqual(policyFaults(policy), { everyDays: null, afterRevealMinutes: null, keepOldDays: null });
  assert.deepEqual(policyFaults({ ...policy, everyDays: 0, afterRevealMinutes: 1.5, keepOldDays: 6 }), {
    everyDays: "A whole number from 1 to 3,650.",
    afterRevealMinutes: "A whole number from 5 to 1,440.",
    keepOldDays: "A whole number from 7 to 3,650.",
  });
  const never = { ...policy, everyDays: null, afterRevealMinutes: null };
  assert.deepEqual(policyFaults(never), { everyDays: null, afterRevealMinutes: null, keepOldDays: null });
});

test("what is kept where nobody said otherwise is one line", () => {
  assert.equal(
    standardWords({ ...policy, everyDays: null }),
    "replaced never by time; after it was seen: replaced after 60 minutes; earlier ones kept for 365 days",
  );
});
