import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { concatBytes, toHex } from "../bytes.ts";
import { PkiError } from "../pki-error.ts";
import { berToDer } from "./ber-to-der.ts";
import { contentOf } from "./element.ts";
import { decodeOid, encodeOid } from "./oid.ts";
import { readDer } from "./read-der.ts";
import { DerReader } from "./reader.ts";
import { TAG } from "./tags.ts";
import { decodeText, derUtf8String } from "./text.ts";
import { decodeTime, derTime } from "./time.ts";
import { derElement, derInteger, derNamedBits, derOctetString, derOid, derSetOf } from "./write.ts";

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const refuses = (code: string, run: () => unknown) =>
  assert.throws(run, (error) => error instanceof PkiError && error.code === code);

test("strict DER refuses indefinite, long and overlong lengths, and high tag numbers", () => {
  refuses("der.indefinite", () => readDer(hex("30 80 00 00")));
  refuses("der.length", () => readDer(hex("04 81 01 00")));
  refuses("der.length", () => readDer(hex(`04 82 00 80 ${"00".repeat(128)}`)));
  refuses("der.length", () => readDer(hex("04 05 00")));
  refuses("der.length", () => readDer(hex("04 84 ff ff ff ff")));
  refuses("der.length", () => readDer(hex("04 85 01 00 00 00 00")));
  refuses("der.length", () => readDer(hex("30 03 04 02 00")));
  refuses("der.truncated", () => readDer(hex("30")));
  refuses("der.tag", () => readDer(hex("1f 81 00 00")));
});

test("BER with indefinite lengths and constructed octet strings is read as the DER it means", () => {
  const ber = hex("30 80 24 80 04 02 61 62 24 03 04 01 63 00 00 02 81 01 05 00 00");
  assert.equal(toHex(berToDer(ber)), "3008" + "0403616263" + "020105");
  assert.equal(toHex(contentOf(readDer(ber, { ber: true }).enter(TAG.sequence).read(TAG.octetString))), "616263");
});

test("BER that does not close, holds trailing bytes or the wrong pieces is refused", () => {
  refuses("der.truncated", () => berToDer(hex("30 80 04 01 61")));
  refuses("der.trailing", () => berToDer(hex("04 01 61 00")));
  refuses("der.tag", () => berToDer(hex("24 03 02 01 05")));
  refuses("der.length", () => berToDer(hex("04 80 00 00")));
});

test("nesting of 64 levels is read, one more is refused, and 100,000 do not overflow the stack", () => {
  const nested = (levels: number) => {
    let der: Uint8Array = derElement(TAG.null);
    for (let i = 0; i < levels; i++) der = derElement(TAG.sequence, der);
    return der;
  };
  readDer(nested(64));
  refuses("der.depth", () => readDer(nested(65)));
  refuses("der.depth", () => readDer(nested(65), { ber: true }));
  readDer(nested(65), { maxDepth: 65 });
  const bomb = new Uint8Array(200_000).map((_, i) => (i % 2 === 0 ? 0x30 : 0x80));
  refuses("der.depth", () => berToDer(bomb));
  refuses("der.size", () => berToDer(derElement(TAG.sequence, concatBytes(Array(70_000).fill(hex("05 00"))))));
});

test("a reader demands the tag that it is asked for and notices what is left", () => {
  const reader = new DerReader(derElement(TAG.sequence, derInteger(1), derInteger(2))).enter(TAG.sequence);
  refuses("der.tag", () => reader.read(TAG.oid));
  assert.equal(reader.readIf(TAG.octetString), undefined);
  reader.read(TAG.integer);
  refuses("der.trailing", () => reader.finish());
});

test("object identifiers survive both ways, with arcs of any size", () => {
  for (const oid of [
    "1.2.840.113549.1.7.2",
    "2.5.4.3",
    "2.999.1",
    "0.9.2342.19200300.100.1.1",
    "2.25.340282366920938463463374607431768211455",
  ]) {
    assert.equal(decodeOid(new DerReader(derOid(oid)).read()), oid);
  }
  assert.equal(toHex(encodeOid("1.2.840.113549")), "2a864886f70d");
  for (const bad of ["06 00", "06 02 2a 86", "06 02 80 01"])
    refuses("der.oid", () => decodeOid(new DerReader(hex(bad)).read()));
  for (const bad of ["1", "1.40.1", "3.1", "a.b", "1..2"]) refuses("der.oid", () => encodeOid(bad));
});

test("times are written as RFC 5280 demands and read back to the second", () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(1000, 0, 1) / 1000, max: Date.UTC(9999, 11, 31) / 1000 }), (seconds) => {
      const der = derTime(seconds * 1000 + 999);
      assert.equal(decodeTime(new DerReader(der).read()), seconds * 1000);
      const year = new Date(seconds * 1000).getUTCFullYear();
      assert.equal(der[0], year >= 1950 && year < 2050 ? TAG.utcTime : TAG.generalizedTime);
    }),
  );
  const time = (tag: number, text: string) => () =>
    decodeTime(new DerReader(derElement(tag, new TextEncoder().encode(text))).read());
  assert.equal(time(TAG.utcTime, "491231235959Z")(), Date.UTC(2049, 11, 31, 23, 59, 59));
  assert.equal(time(TAG.utcTime, "500101000000Z")(), Date.UTC(1950, 0, 1));
  for (const bad of [
    "260230000000Z",
    "261301000000Z",
    "260101240000Z",
    "260101000060Z",
    "2601010000Z",
    "260101000000+",
    "26010100000aZ",
  ]) {
    refuses("der.time", time(TAG.utcTime, bad));
  }
});

test("integers, named bits and sets take their one DER form", () => {
  assert.equal(toHex(derInteger(128)), "02020080");
  assert.equal(toHex(derInteger(hex("00 00 7f"))), "02017f");
  assert.equal(toHex(derInteger(new Uint8Array(0))), "020100");
  assert.equal(toHex(derNamedBits([0, 2])), "030205a0");
  assert.equal(toHex(derNamedBits([5, 6])), "03020106");
  assert.equal(toHex(derSetOf([derInteger(3), derInteger(1), derOctetString()])), "3108020101020103" + "0400");
});

test("any text comes back from a UTF8String, and malformed text is refused", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) =>
      assert.equal(decodeText(new DerReader(derUtf8String(text)).read()), text),
    ),
  );
  refuses("der.text", () => decodeText(new DerReader(hex("0c 01 ff")).read()));
  refuses("der.text", () => decodeText(new DerReader(hex("13 01 ff")).read()));
  assert.equal(decodeText(new DerReader(hex("1e 04 00 41 20 ac")).read()), "A€");
});
