import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildBinaryPlist, buildXmlPlist, PlistError, parsePlist } from "./index.ts";
import { toTypedJson } from "./typed-json.ts";

const folder = fileURLToPath(new URL("../../../fixtures/plist/", import.meta.url));
const valid = readdirSync(`${folder}valid`).filter((name) => name.endsWith(".plist"));
const invalid = JSON.parse(readFileSync(`${folder}invalid/expected.json`, "utf8")) as Record<string, string>;

for (const name of valid) {
  const path = `${folder}valid/${name}`;
  const expected: unknown = JSON.parse(readFileSync(path.replace(/\.plist$/, ".json"), "utf8"));

  test(`${name} means what its description says`, () => {
    assert.deepEqual(toTypedJson(parsePlist(readFileSync(path))), expected);
  });

  test(`${name} means the same when it is written again`, () => {
    const value = parsePlist(readFileSync(path));
    assert.deepEqual(toTypedJson(parsePlist(buildBinaryPlist(value))), expected);
    // XML has neither fractions of a second nor control characters.
    if (name === "binary-dates.plist" || name === "binary-strings.plist") return;
    assert.deepEqual(toTypedJson(parsePlist(buildXmlPlist(value))), expected);
  });
}

for (const [name, code] of Object.entries(invalid)) {
  test(`${name} is refused with ${code}`, () => {
    const bytes = readFileSync(`${folder}invalid/${name}`);
    assert.throws(
      () => parsePlist(bytes),
      (error: unknown) => error instanceof PlistError && error.code === code,
    );
  });
}

test("every invalid vector has an expected code, and every valid one is there", () => {
  const files = readdirSync(`${folder}invalid`).filter((name) => name.endsWith(".plist"));
  assert.deepEqual(files.sort(), Object.keys(invalid).sort());
  assert.ok(files.length >= 150 && valid.length >= 30);
});
