import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeBase64, encodeBase64 } from "./index.ts";

test("base64 is what Node writes, and is read back as the same bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const text = encodeBase64(bytes);
      assert.equal(text, Buffer.from(bytes).toString("base64"));
      assert.deepEqual(decodeBase64(text), bytes);
      const wrapped = `\n\t${text.replace(/.{7}/g, "$& \r\n")} `;
      assert.deepEqual(decodeBase64(wrapped, { allowWhitespace: true }), bytes);
    }),
  );
});

test("of all texts only those that encode to themselves are decoded", () => {
  const text = fc.string({
    unit: fc.constantFrom("A", "Q", "g", "w", "/", "+", "=", "-", "_", " ", "é"),
    maxLength: 9,
  });
  fc.assert(
    fc.property(text, (candidate) => {
      const isCanonical = Buffer.from(candidate, "base64").toString("base64") === candidate;
      if (isCanonical) assert.equal(encodeBase64(decodeBase64(candidate)), candidate);
      else assert.throws(() => decodeBase64(candidate), { code: "plist.content" });
    }),
    { numRuns: 3000 },
  );
});

test("white space is refused unless it is allowed", () => {
  assert.throws(() => decodeBase64("AA EC"), { code: "plist.content", message: /character 2/ });
  assert.deepEqual(decodeBase64("AA EC", { allowWhitespace: true }), new Uint8Array([0, 1, 2]));
});

test("decoded bytes have a buffer of their own size", () => {
  assert.equal(decodeBase64("A Q = =", { allowWhitespace: true }).buffer.byteLength, 1);
});
