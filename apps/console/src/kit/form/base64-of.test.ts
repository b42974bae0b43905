import assert from "node:assert/strict";
import { test } from "node:test";
import { base64Of, isBase64Pattern } from "./base64-of.ts";

test("a file of any bytes and any length becomes base64 and nothing is lost", () => {
  const bytes = Uint8Array.from({ length: 100_001 }, (_, index) => (index * 7) % 256);
  assert.deepEqual(new Uint8Array(Buffer.from(base64Of(bytes), "base64")), bytes);
});

test("fields for base64 are told from other texts", () => {
  assert.equal(isBase64Pattern("^[A-Za-z0-9+/]+={0,2}$"), true);
  assert.equal(isBase64Pattern("^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$"), false);
  assert.equal(isBase64Pattern(undefined), false);
});
