import assert from "node:assert/strict";
import { test } from "node:test";
import { PlistReal } from "@pomona/plist";
import { plistOfInput } from "./plist-of-input.ts";

test("JSON becomes a property list, with data and dates under their markers", () => {
  const date = "2026-01-02T03:04:05Z";
  assert.deepEqual(plistOfInput({ a: "x", b: 3, c: 1.5, d: [true], e: { $data: "AQI=" }, f: { $date: date } }), {
    a: "x",
    b: 3,
    c: new PlistReal(1.5),
    d: [true],
    e: Uint8Array.of(1, 2),
    f: new Date(date),
  });
});

test("a dictionary that only looks like a marker stays a dictionary", () => {
  assert.deepEqual(plistOfInput({ a: { $data: "AQI=", more: 1 } }), { a: { $data: "AQI=", more: 1 } });
});

test("what no property list holds is refused with its path and without its value", () => {
  const cases: readonly [Record<string, unknown>, RegExp][] = [
    [{ a: [null] }, /^a\[0\] is null/],
    [{ a: { b: undefined } }, /^a\.b is undefined/],
    [{ a: { $data: "secret!" } }, /^a\.\$data must be base64$/],
    [{ a: { $data: 5 } }, /^a\.\$data must be a string$/],
    [{ a: { $date: "tomorrow" } }, /^a\.\$date must be a time/],
    [{ a: { $date: "2026-13-01T00:00:00Z" } }, /^a\.\$date must be a time/],
    [{ a: 2 ** 60 }, /^a is too large/],
  ];
  for (const [input, message] of cases) {
    assert.throws(
      () => plistOfInput(input),
      (error: Error) => message.test(error.message),
    );
  }
});

test("an input that is nested too deeply is refused", () => {
  let deep: unknown = 1;
  for (let n = 0; n < 10_000; n += 1) deep = [deep];
  assert.throws(() => plistOfInput({ deep }), /nested too deeply/);
});
