import assert from "node:assert/strict";
import { test } from "node:test";
import { batchesOf, readLines } from "./import-lines.ts";

const line = (value: Record<string, unknown>) => JSON.stringify(value);
const mac = (identifier: string) => line({ kind: "enrollment", identifier });

test("an export is read line by line; its header and empty lines are passed over, and what is no record is named", () => {
  const text = [line({ kind: "header", from: "old" }), "", mac("A"), "{", "[1]", `${mac("B")}\r`].join("\n");
  const { lines, faults } = readLines(text);
  assert.deepEqual(
    lines.map(({ number, value }) => [number, value["identifier"]]),
    [
      [3, "A"],
      [6, "B"],
    ],
  );
  assert.deepEqual(faults, [
    { number: 4, reason: "the line is not JSON" },
    { number: 5, reason: "the line is no JSON object" },
  ]);
});

test("certificates go first and with every batch of at most 50 Macs", () => {
  const macs = Array.from({ length: 120 }, (_, at) => mac(`M${at}`));
  const { lines } = readLines([macs[0], line({ kind: "issuer" }), ...macs.slice(1)].join("\n"));
  const batches = batchesOf(lines);
  assert.deepEqual(
    batches.map((batch) => [batch.needed.length, batch.lines.length]),
    [
      [0, 1],
      [1, 50],
      [1, 50],
      [1, 20],
    ],
  );
  assert.equal(batches[1]?.lines[0]?.number, 1);
});

test("records that are long make smaller batches, and too many certificates are refused", () => {
  const long = (at: number) => line({ kind: "enrollment", identifier: `M${at}`, filler: "x".repeat(400_000) });
  const { lines } = readLines([0, 1, 2, 3].map(long).join("\n"));
  assert.deepEqual(
    batchesOf(lines).map((batch) => batch.lines.length),
    [2, 2],
  );
  const issuers = Array.from({ length: 10 }, () => line({ kind: "issuer" })).join("\n");
  assert.throws(() => batchesOf(readLines(issuers).lines), RangeError);
});
