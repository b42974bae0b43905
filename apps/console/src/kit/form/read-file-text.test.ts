import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileText } from "./read-file-text.ts";

test("a file of text is read as it is, a file of bytes as base64", async () => {
  const pem = "-----BEGIN CERTIFICATE-----\r\nAAAA\n";
  assert.equal(await readFileText(new Blob([pem])), pem);
  const bytes = Uint8Array.from([0, 1, 2, 250, 255]);
  assert.equal(await readFileText(new Blob([bytes])), Buffer.from(bytes).toString("base64"));
  assert.equal(await readFileText(new Blob([])), "");
});
