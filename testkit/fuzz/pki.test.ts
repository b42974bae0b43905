import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fuzz } from "../src/fuzz/fuzz.ts";
import { searchBounds } from "../src/search/search-bounds.ts";
import { pkiTargets } from "./pki-targets.ts";
import { SecondOpinion } from "./second-opinion.ts";

const opinion = new SecondOpinion();

for (const target of pkiTargets(opinion)) {
  test(`no bytes make the reader fail, hang or hold too much: ${target.name}`, async () => {
    await fuzz(target, searchBounds(2.5));
  });
}

test("a certificate that we read Node reads as the same", () => {
  const { both, oursAlone, different } = opinion.certificates;
  assert.deepEqual(different, []);
  assert.ok(both > oursAlone.length, `${both} were read by both, ${oursAlone.length} by us alone`);
});

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
test("what we took for signed openssl takes for signed", { skip: !hasOpenssl && "openssl is not installed" }, () => {
  assert.deepEqual(opinion.disagreements(), []);
  assert.ok(opinion.agreed > 4, `only ${opinion.agreed} were taken for true`);
});
