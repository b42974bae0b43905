import assert from "node:assert/strict";
import { test } from "node:test";
import { encodePem } from "@pomona/pki";
import { certificateFromHeader } from "./proxy-certificate.ts";

// Bytes whose base64 is full of plus and slash.
const der = Uint8Array.from({ length: 90 }, (_, index) => (index % 2 === 0 ? 0xfb : 0xef));
const pem = encodePem("CERTIFICATE", der);

test("case 10: a proxy's header is read as RFC 9440 and as URL-escaped PEM, plus as space included", () => {
  // fault: a plus in the labels of PEM is no space
  const read = (value: string) => Buffer.from(certificateFromHeader(value) ?? []).toString("hex");
  const wanted = Buffer.from(der).toString("hex");
  assert.equal(read(`:${Buffer.from(der).toString("base64")}:`), wanted);
  assert.equal(read(encodeURIComponent(pem)), wanted);
  assert.equal(read(encodeURIComponent(pem).replaceAll("%20", "+")), wanted);
  assert.equal(read(encodeURI(pem)), wanted);
});

test("nonsense in a proxy's header is no certificate", () => {
  for (const value of ["", ":", "::", ":***:", "%E0%A4%A", "text", encodeURIComponent(pem).slice(0, 60)]) {
    assert.equal(certificateFromHeader(value), undefined, value);
  }
});
