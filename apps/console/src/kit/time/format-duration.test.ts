import assert from "node:assert/strict";
import { test } from "node:test";
import { byteSize, duration, memorySize } from "./format-duration.ts";

test("a duration is told to the useful digit", () => {
  const told: [number, string][] = [
    [0.0424, "0.04 ms"],
    [3.123, "3.1 ms"],
    [4, "4 ms"],
    [240.4, "240 ms"],
    [1423, "1.4 s"],
    [59_900, "59.9 s"],
    [60_000, "1 min"],
    [125_000, "2 min 5 s"],
    [12_000_000, "3 h 20 min"],
    [86_400_000, "1 day"],
    [1_036_800_000, "12 days"],
    [-20, "−20 ms"],
  ];
  for (const [ms, words] of told) assert.equal(duration(ms), words);
});

test("sizes are counted as macOS counts them, memory as it is sold", () => {
  assert.equal(byteSize(0), "0 bytes");
  assert.equal(byteSize(999), "999 bytes");
  assert.equal(byteSize(994_662_584_320), "995 GB");
  assert.equal(byteSize(5e15), "5000 TB");
  assert.equal(memorySize(36 * 1024 ** 3), "36 GB");
});
