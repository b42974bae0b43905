import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { buildBinaryPlist, buildXmlPlist, PlistReal, PlistUid, type PlistValue, parsePlist } from "./index.ts";
import { type TypedJson, toTypedJson } from "./typed-json.ts";

const RUNS = { numRuns: 500, interruptAfterTimeLimit: 60_000 };
const LIMITS = { maxDepth: 64 };

const xmlText = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom("<", ">", "&", '"', "'", " ", "\t", "\n", "\r", ";", "]"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    ),
  })
  .filter((text) => !/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text));
const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -300, max: 70_000 }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  fc.constantFrom(2n ** 63n, 2n ** 63n - 1n, 2n ** 64n - 1n, -(2n ** 63n), 2n ** 53n + 1n, 2 ** 32, 255, 256, 65_536),
);
const dates = { min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true };
const wholeSeconds = fc.date(dates).map((date) => new Date(Math.floor(date.getTime() / 1000) * 1000));
const real = fc.double().map((value) => new PlistReal(value));
const uid = fc.integer({ min: 0, max: 0xffff_ffff }).map((value) => new PlistUid(value));

/** Nested values out of these leaves; keys of all kinds, `__proto__` too, but not the one that would make a UID. */
function valueOf(text: fc.Arbitrary<string>, ...leaves: fc.Arbitrary<PlistValue>[]): fc.Arbitrary<PlistValue> {
  const keys = fc
    .oneof(text, fc.constantFrom("__proto__", "constructor", "toString", "UDID", "1", ""))
    .filter((key) => key !== "CF$UID");
  const { value } = fc.letrec<{ value: PlistValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.oneof(
        text,
        integer,
        fc.boolean(),
        fc.uint8Array(),
        fc.uint8Array({ minLength: 40, maxLength: 90 }),
        ...leaves,
      ),
      fc.array(tie("value"), { maxLength: 20 }),
      fc.dictionary(keys, tie("value"), { maxKeys: 20, noNullPrototype: false }),
    ),
  }));
  return value;
}

const xmlValue = valueOf(xmlText, wholeSeconds, real, uid);
const binaryValue = valueOf(fc.string({ unit: "binary" }), fc.date(dates), real, uid);

test("what is written as XML is read back as the same value", () => {
  fc.assert(
    fc.property(xmlValue, (value) => {
      assert.deepEqual(toTypedJson(parsePlist(buildXmlPlist(value), LIMITS)), toTypedJson(value));
    }),
    RUNS,
  );
});

test("what is written as binary is read back as the same value", () => {
  fc.assert(
    fc.property(binaryValue, (value) => {
      assert.deepEqual(toTypedJson(parsePlist(buildBinaryPlist(value), LIMITS)), toTypedJson(value));
    }),
    RUNS,
  );
});

test("sorted keys make the bytes independent of the order in which a dictionary was made", () => {
  fc.assert(
    fc.property(fc.dictionary(xmlText, integer), (dictionary) => {
      const reversed = Object.fromEntries(Object.entries(dictionary).reverse());
      const options = { sortKeys: true };
      assert.deepEqual(buildXmlPlist(reversed, options), buildXmlPlist({ ...dictionary }, options));
      assert.deepEqual(buildBinaryPlist(reversed, options), buildBinaryPlist({ ...dictionary }, options));
    }),
  );
});

interface Answer {
  readonly bytes?: string;
  readonly value?: TypedJson;
  readonly error?: string;
}

const script = fileURLToPath(new URL("plistlib-oracle.py", import.meta.url));

function askPlistlib(requests: readonly object[]): Answer[] {
  const input = requests.map((request) => JSON.stringify(request)).join("\n");
  const done = spawnSync("python3", [script], { input, encoding: "utf8", timeout: 60_000, maxBuffer: 1 << 28 });
  assert.equal(done.status, 0, done.stderr);
  const answers = done.stdout.trim().split("\n");
  assert.equal(answers.length, requests.length);
  return answers.map((line) => JSON.parse(line) as Answer);
}

const hasPython = spawnSync("python3", ["-c", "import plistlib"]).status === 0;
const withPython = { skip: hasPython ? false : "python3 is not installed" };
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

for (const [format, build, values] of [
  ["xml", buildXmlPlist, fc.sample(xmlValue, { numRuns: 400, seed: 1 })],
  ["binary", buildBinaryPlist, fc.sample(binaryValue, { numRuns: 400, seed: 2 })],
] as const) {
  test(`plistlib reads the ${format} that we write`, withPython, () => {
    const answers = askPlistlib(values.map((value) => ({ do: "parse", bytes: hexOf(build(value)) })));
    for (const [i, answer] of answers.entries()) assert.deepEqual(answer, { value: toTypedJson(values[i]!) });
  });

  test(`we read the ${format} that plistlib writes`, withPython, () => {
    const answers = askPlistlib(values.map((value) => ({ do: "build", format, value: toTypedJson(value) })));
    for (const [i, answer] of answers.entries()) {
      assert.equal(answer.error, undefined);
      const read = parsePlist(Buffer.from(answer.bytes ?? "", "hex"), LIMITS);
      // plistlib writes a carriage return as a line feed.
      const lines = (_key: string, item: unknown) => (typeof item === "string" ? item.replace(/\r\n?/g, "\n") : item);
      const expected = JSON.stringify(toTypedJson(values[i]!));
      assert.deepEqual(toTypedJson(read), JSON.parse(expected, format === "xml" ? lines : undefined));
    }
  });
}

test("our bytes are plistlib's bytes, in both formats, where the two have no choice to make", withPython, () => {
  // No reals that are spelt in several ways, no UIDs (plistlib writes equal ones twice), no carriage returns.
  const quarters = fc.integer({ min: -4000, max: 4000 }).map((value) => new PlistReal(value === 0 ? 0 : value / 4));
  const plain = valueOf(
    xmlText.map((text) => text.replaceAll("\r", "")),
    wholeSeconds,
    quarters,
  );
  const values = fc.sample(plain, { numRuns: 400, seed: 3 });
  for (const [format, build] of [
    ["xml", buildXmlPlist],
    ["binary", buildBinaryPlist],
  ] as const) {
    const answers = askPlistlib(values.map((value) => ({ do: "build", format, value: toTypedJson(value) })));
    for (const [i, answer] of answers.entries()) assert.equal(hexOf(build(values[i]!)), answer.bytes);
  }
});
