import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeFrame, FrameReader } from "./frame-codec.ts";
import { MAX_FRAME_BYTES } from "./frame-protocol.ts";

test("frames come out as they went in, however the stream is cut", () => {
  const frame = fc.record({ type: fc.string(), text: fc.string({ unit: "grapheme" }) });
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (frames, cuts) => {
      const stream = Buffer.concat(frames.map(encodeFrame));
      const reader = new FrameReader();
      const found: object[] = [];
      for (let at = 0, n = 0; at < stream.length; n++) {
        const size = cuts[n % cuts.length] ?? 1;
        found.push(...reader.push(stream.subarray(at, at + size)));
        at += size;
      }
      assert.deepEqual(
        found,
        frames.map((value) => ({ ...value })),
      );
    }),
  );
});

test("a frame over the limit is refused by its length alone, and one without a type or JSON by its body", () => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(MAX_FRAME_BYTES + 1);
  assert.throws(() => new FrameReader().push(length), RangeError);
  assert.throws(() => new FrameReader().push(encodeFrame({ no: "type" })), TypeError);
  assert.throws(() => new FrameReader().push(Buffer.from([0, 0, 0, 1, 0x7b])), SyntaxError);
});
