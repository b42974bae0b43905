import assert from "node:assert/strict";
import { test } from "node:test";
import {
  buildBinaryPlist,
  buildXmlPlist,
  getBigInteger,
  isDictionary,
  PlistError,
  PlistReal,
  PlistUid,
  type PlistValue,
  parseBinaryPlist,
  parsePlist,
  parseXmlPlist,
} from "./index.ts";

const xml = (body: string) => new TextEncoder().encode(`<plist version="1.0">${body}</plist>`);
const written = (value: PlistValue) => new TextDecoder().decode(buildXmlPlist(value));

function unsupported(value: PlistValue, pattern: RegExp): void {
  for (const build of [buildXmlPlist, buildBinaryPlist]) {
    assert.throws(() => build(value), { code: "plist.unsupported", message: pattern });
  }
}

test("integers beyond 2^53 keep every digit in both formats", () => {
  for (const value of [2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, -(2n ** 63n), 2n ** 53n]) {
    assert.equal(parseXmlPlist(buildXmlPlist(value)), value);
    assert.equal(parseBinaryPlist(buildBinaryPlist(value)), value);
  }
});

test("a safe integer given as bigint is read back as number, and can be had as bigint", () => {
  const read = parsePlist(buildXmlPlist({ size: 5n }));
  assert.ok(isDictionary(read));
  assert.equal(read["size"], 5);
  assert.equal(getBigInteger(read, "size"), 5n);
});

test("hexadecimal integers are read", () => {
  assert.equal(parsePlist(xml("<integer>0x1F</integer>")), 31);
});

test("a real of 1.0 stays a real in both formats", () => {
  assert.match(written(new PlistReal(1)), /<real>1\.0<\/real>/);
  for (const build of [buildXmlPlist, buildBinaryPlist]) {
    assert.deepEqual(parsePlist(build(new PlistReal(1))), new PlistReal(1));
  }
});

test("infinite reals and not-a-number are written in CoreFoundation's words and read back", () => {
  assert.match(written([new PlistReal(Infinity), -Infinity, NaN]), /\+infinity.*-infinity.*nan/s);
  for (const value of [Infinity, -Infinity, NaN, -0]) {
    for (const build of [buildXmlPlist, buildBinaryPlist]) {
      assert.deepEqual(parsePlist(build(value)), new PlistReal(value));
    }
  }
});

test("references beyond the basic plane are decoded, and spaces around a string are kept", () => {
  assert.equal(parsePlist(xml("<string>  &#x1F600; &#39;</string>")), "  \u{1f600} '");
});

test("a key named __proto__ is an ordinary key and changes no prototype", () => {
  const read = parsePlist(xml("<dict><key>__proto__</key><dict><key>isAdmin</key><true/></dict></dict>"));
  assert.ok(isDictionary(read));
  assert.equal(Object.getPrototypeOf(read), null);
  assert.deepEqual(Object.keys(read), ["__proto__"]);
  assert.equal("isAdmin" in read, false);
  assert.equal(({} as Record<string, unknown>)["isAdmin"], undefined);
});

test("a number that has lost digits is not written", () => {
  unsupported(1e21, /give a bigint/);
  unsupported({ BuildNumber: 2 ** 53 }, /at BuildNumber/);
  unsupported(2n ** 64n, /outside/);
  unsupported(-(2n ** 63n) - 1n, /outside/);
});

test("numbers with a fraction are written as reals, whole ones as integers", () => {
  assert.match(written([1.5, 2]), /<real>1\.5<\/real>\s*<integer>2<\/integer>/);
});

test("what is no property list value is refused with its place", () => {
  const bad = (value: unknown) => value as PlistValue;
  unsupported({ Command: [1, { Queries: bad(undefined) }] }, /Command\.1\.Queries/);
  for (const value of [null, undefined, () => 1, Symbol("x"), new Map(), new (class Thing {})()]) {
    unsupported([bad(value)], /at 0/);
  }
  unsupported(new Date(Number.NaN), /date/);
  unsupported("\ud800", /./);
  for (const value of [-1, 1.5, 2 ** 32]) unsupported(new PlistUid(value), /UID/);
});

test("control characters are refused in XML and kept in binary", () => {
  assert.throws(() => buildXmlPlist({ a: "\0" }), { code: "plist.unsupported" });
  assert.equal(parsePlist(buildBinaryPlist("\0\x1b")), "\0\x1b");
});

test("a value that holds itself is refused in both formats, one that holds a part twice is not", () => {
  const cyclic: PlistValue[] = [];
  cyclic.push({ inner: [cyclic, cyclic] });
  const part = [1];
  let deep: PlistValue = "x";
  for (let i = 0; i < 20_000; i++) deep = [deep];
  for (const build of [buildXmlPlist, buildBinaryPlist]) {
    assert.throws(() => build(cyclic), { code: "plist.cyclic" });
    assert.throws(() => build(deep), { code: "plist.too-deep" });
    assert.deepEqual(parsePlist(build([part, part])), [part, part]);
  }
});

test("20,000 dictionaries are read when the limit on values allows them", () => {
  const apps = Array.from({ length: 20_000 }, (_, i) => ({ Name: `App ${i}`, Version: "1.0", Size: i }));
  for (const build of [buildXmlPlist, buildBinaryPlist]) {
    const bytes = build(apps);
    assert.throws(() => parsePlist(bytes), { code: "plist.too-many-nodes" });
    const read = parsePlist(bytes, { maxNodes: 100_000 });
    assert.ok(Array.isArray(read));
    assert.equal(read.length, 20_000);
    assert.deepEqual({ ...read[19_999] }, apps[19_999]);
  }
});

test("equal scalars are written once in binary", () => {
  const once = buildBinaryPlist(["a long enough string", 70_000, new Uint8Array(50)]).length;
  const again = buildBinaryPlist([
    "a long enough string",
    70_000,
    new Uint8Array(50),
    "a long enough string",
    70_000,
    new Uint8Array(50),
  ]);
  assert.equal(again.length, once + 3);
});

test("what was read does not change when the buffer that it came from is used again", () => {
  for (const build of [buildXmlPlist, buildBinaryPlist]) {
    const bytes = build({ Token: new Uint8Array([1, 2, 3]), Name: "name" });
    const read = parsePlist(bytes);
    bytes.fill(0xff);
    assert.deepEqual({ ...(read as object) }, { Token: new Uint8Array([1, 2, 3]), Name: "name" });
  }
});

test("a view into a larger buffer is read from its own start, and XML by name is not taken for binary", () => {
  const inner = buildBinaryPlist({ a: 1 });
  const outer = new Uint8Array(inner.length + 20);
  outer.set(inner, 7);
  assert.deepEqual({ ...(parsePlist(outer.subarray(7, 7 + inner.length)) as object) }, { a: 1 });
  assert.throws(() => parseXmlPlist(inner), PlistError);
  assert.throws(() => parseBinaryPlist(buildXmlPlist(1)), { code: "plist.syntax" });
});
