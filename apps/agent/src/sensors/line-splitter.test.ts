import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseEsloggerLine } from "./eslogger-parser.ts";
import { splitLines } from "./line-splitter.ts";
import { countGaps } from "./sequence-gaps.ts";

test("lines come out whole however the stream is cut, and overlong ones are skipped up to their newline", () => {
  const line = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 });
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (given, cuts) => {
      const limit = 8;
      const stream = Buffer.from(given.map((text) => `${text}\n`).join(""));
      const found: string[] = [];
      let overlong = 0;
      const splitter = splitLines(
        limit,
        (bytes) => found.push(bytes.toString()),
        () => {
          overlong += 1;
        },
      );
      for (let at = 0, n = 0; at < stream.length; n++) {
        const size = cuts[n % cuts.length] ?? 1;
        splitter.push(stream.subarray(at, at + size));
        at += size;
      }
      assert.deepEqual(
        found,
        given.filter((text) => text.length > 0 && text.length <= limit),
      );
      assert.equal(overlong, given.filter((text) => text.length > limit).length);
    }),
  );
});

test("a partial line is forgotten with its stream", () => {
  const found: string[] = [];
  const splitter = splitLines(100, (bytes) => found.push(bytes.toString()), assert.fail);
  splitter.push(Buffer.from("half"));
  splitter.reset();
  splitter.push(Buffer.from("whole\n"));
  assert.deepEqual(found, ["whole"]);
});

test("a gap in the stream's numbers is counted once, over all event types", () => {
  const gapBefore = countGaps();
  const exit = (seq: number, globalSeq: number) => {
    const line = {
      schema_version: 1,
      version: 10,
      time: "2026-01-12T09:00:00.000000000Z",
      seq_num: seq,
      global_seq_num: globalSeq,
    };
    const process = { audit_token: [0, 0, 0, 0, 0, 7, 0, 1] };
    const event = parseEsloggerLine(Buffer.from(JSON.stringify({ ...line, process, event: { exit: { stat: 0 } } })));
    assert.ok(event);
    return event;
  };
  assert.equal(gapBefore(exit(5, 50)), 0);
  assert.equal(gapBefore(exit(6, 51)), 0);
  assert.equal(gapBefore(exit(9, 60)), 8);
  const { globalSeq: _, ...uncounted } = exit(12, 0);
  assert.equal(gapBefore(uncounted), 2);
});
