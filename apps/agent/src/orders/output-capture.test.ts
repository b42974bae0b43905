import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { captureOutput, cutText } from "./output-capture.ts";

test("output that comes in any pieces, also inside a character, comes out whole, and so does what was shown", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.integer({ min: 1, max: 7 }), (text, step) => {
      const bytes = Buffer.from(text, "utf8");
      const shown: string[] = [];
      const capture = captureOutput(10_000, (_stream, piece) => shown.push(piece));
      for (let at = 0; at < bytes.length; at += step) capture.write("stdout", bytes.subarray(at, at + step));
      assert.deepEqual(capture.end(), { output: text, outputTruncated: false });
      assert.equal(shown.join(""), text);
    }),
  );
});

test("a text is cut between two characters and never longer than asked", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.integer({ min: 0, max: 120 }), (text, limit) => {
      const cut = cutText(text, limit);
      assert.ok(Buffer.byteLength(cut) <= limit);
      assert.ok(text.startsWith(cut));
      const next = String.fromCodePoint(text.codePointAt(cut.length) ?? 0);
      assert.ok(cut === text || Buffer.byteLength(cut + next) > limit);
    }),
  );
});

test("nothing is kept beyond the limit, and the cut is told", () => {
  const capture = captureOutput(5, () => {});
  capture.write("stdout", Buffer.from("abcé"));
  capture.write("stderr", Buffer.from("xyz"));
  assert.deepEqual(capture.end(), { output: "abcé", outputTruncated: true });
});
