import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { countCrashes } from "./crash-counter.ts";

describe("the crash counter", () => {
  let folder: string;
  let now = 0;
  const start = () => countCrashes(folder, () => now);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pomona-crashes-"));
    now = 1_000_000;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("means safe mode after three short lives in a row", () => {
    assert.deepEqual(
      [start(), start(), start(), start()].map(({ isSafeMode }) => isSafeMode),
      [false, false, false, true],
    );
    assert.equal(start().isSafeMode, true);
  });

  it("starts anew after a life that was long enough, and after a clean stop", () => {
    start();
    start();
    start().survived();
    const next = start();
    assert.equal(next.isSafeMode, false);
    assert.equal(next.afterCrash, true);
    next.stoppedCleanly();
    assert.equal(start().afterCrash, false);
  });

  it("forgets crashes that lie far apart, and a file that is broken", () => {
    for (let n = 0; n < 6; n += 1) {
      assert.equal(start().isSafeMode, false);
      now += 200_000;
    }
    writeFileSync(join(folder, "starts.json"), "{half");
    assert.equal(start().isSafeMode, false);
  });
});
