import assert from "node:assert/strict";
import { test } from "node:test";
import { type OutputPiece, readPiece, withPiece } from "./live-output.ts";
import { scriptFault } from "./script-fault.ts";

const piece = (seq: number, text = String(seq)): OutputPiece => ({ seq, stream: "stdout", text });

test("pieces that come out of order and twice make one text", () => {
  const pieces = [piece(1), piece(0), piece(2), piece(1)].reduce(withPiece, [] as readonly OutputPiece[]);
  assert.equal(pieces.map(({ text }) => text).join(""), "012");
});

test("a flood is let go from its beginning", () => {
  const pieces = Array.from({ length: 60 }, (_, seq) => piece(seq, "x".repeat(10_000))).reduce(
    withPiece,
    [] as readonly OutputPiece[],
  );
  assert.equal(pieces.length, 40);
  assert.equal(pieces.at(-1)?.seq, 59);
});

test("another order's output and nonsense are no pieces", () => {
  assert.deepEqual(readPiece({ orderId: "o", seq: 1, stream: "stderr", text: "x" }, "o"), {
    seq: 1,
    stream: "stderr",
    text: "x",
  });
  assert.equal(readPiece({ orderId: "p", seq: 1, text: "x" }, "o"), null);
  assert.equal(readPiece({ orderId: "o", seq: "1", text: "x" }, "o"), null);
});

test("an empty script and one beyond a mebibyte are not sent", () => {
  assert.match(scriptFault("#!/bin/sh\n  \n") ?? "", /nothing to run/);
  assert.equal(scriptFault("#!/bin/sh\nsw_vers"), null);
  assert.match(scriptFault("ä".repeat(600_000)) ?? "", /1,200,000 bytes/);
});
