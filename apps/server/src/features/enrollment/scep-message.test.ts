import assert from "node:assert/strict";
import { test } from "node:test";
import { messageOf, operationOf } from "./scep-message.ts";

// Bytes whose base64 has a plus and a slash.
const bytes = Buffer.from([0xfb, 0xef, 0xbe, 0xff, 0xff]);
const get = (message: string) =>
  messageOf({ method: "GET", url: `/scep/t?operation=PKIOperation&message=${message}`, body: new Uint8Array() });

test("a message on GET is taken with raw plus and slash, with spaces, escaped, and in base64url", () => {
  const base64 = bytes.toString("base64");
  assert.match(base64, /\+.*\//);
  for (const message of [
    base64,
    base64.replaceAll("+", " "),
    bytes.toString("base64url"),
    encodeURIComponent(base64),
  ]) {
    assert.deepEqual(Buffer.from(get(message) ?? []), bytes, message);
  }
  assert.equal(get("%ff%fe"), undefined);
  assert.equal(get(""), undefined);
});

test("on POST the query is not looked at, whatever bytes it holds", () => {
  const url = "/scep/t?operation=PKIOperation&message=%ff%fe%00";
  assert.deepEqual(messageOf({ method: "POST", url, body: bytes }), bytes);
  assert.equal(messageOf({ method: "POST", url, body: new Uint8Array() }), undefined);
  assert.equal(operationOf(url), "PKIOperation");
});
