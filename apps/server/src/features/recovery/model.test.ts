import assert from "node:assert/strict";
import { test } from "node:test";
import { type BundleRow, DRILL_HOLDS_MS, judgeRecovery } from "./model.ts";

const NOW = Date.UTC(2026, 5, 1);
const bundle = (change: Partial<BundleRow>): BundleRow => ({
  id: "b",
  exportedAt: NOW - 1000,
  exportedBy: "root",
  recipients: ["board"],
  values: 1,
  unreadable: 0,
  kids: ["k1"],
  codeHash: "",
  testedAt: NOW - 500,
  ...change,
});
const stateOf = (bundles: readonly BundleRow[], kid: string | undefined = "k1") => judgeRecovery(bundles, kid, NOW);

test("what was never exported, never tested, or tested long ago is said, with what to do", () => {
  assert.equal(stateOf([]).state, "neverExported");
  assert.equal(stateOf([bundle({ testedAt: null })]).state, "neverTested");
  assert.equal(stateOf([bundle({ testedAt: NOW - DRILL_HOLDS_MS - 1 })]).state, "stale");
  for (const bundles of [[], [bundle({ testedAt: null })]])
    assert.match(stateOf(bundles).advice!, /recovery (export|drill)/);
  assert.deepEqual([stateOf([bundle({})]).state, stateOf([bundle({})]).advice], ["tested", null]);
});

test("a tested bundle without the data key that seals now is outdated; a newer one that has it must be tested too", () => {
  const old = bundle({ id: "old", exportedAt: NOW - 9000, kids: ["k1"] });
  const fresh = bundle({ id: "new", kids: ["k2", "k1"], testedAt: null });
  assert.equal(stateOf([old], "k2").state, "outdated");
  assert.equal(stateOf([fresh, old], "k2").state, "outdated");
  assert.equal(stateOf([{ ...fresh, testedAt: NOW - 10 }, old], "k2").state, "tested");
  assert.equal(judgeRecovery([{ ...old, kids: [] }], undefined, NOW).state, "tested", "nothing was sealed yet");
});
