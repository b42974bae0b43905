import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeBase64, isDictionary, PlistReal, type PlistValue } from "@pomona/plist";
import fc from "fast-check";
import { Compile } from "typebox/compile";
import { commandFacts, commandNames, profileFacts } from "./facts.ts";
import { inputSchemaOf } from "./input-schema.ts";
import { plistOfInput } from "./plist-of-input.ts";
import { fitting } from "./testing/arbitrary.ts";

/** The JSON that a client would send for a property list. */
function toInput(value: PlistValue): unknown {
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof Uint8Array) return { $data: encodeBase64(value) };
  if (value instanceof PlistReal) return value.value;
  if (isDictionary(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toInput(inner)]));
  return Array.isArray(value) ? (value as readonly PlistValue[]).map(toInput) : value;
}

test("the schema of every command accepts what its tables allow, and no text where a key is required", () => {
  for (const requestType of commandNames()) {
    const entry = commandFacts(requestType)!;
    const schema = Compile(inputSchemaOf(entry));
    for (const payload of fc.sample(fitting(entry), 20)) {
      const input = toInput(payload);
      assert.ok(schema.Check(input), `${requestType} ${JSON.stringify(input)}`);
      assert.ok(plistOfInput(input as Record<string, unknown>));
    }
    assert.equal(schema.Check("text"), false);
  }
});

test("the schema of keys that hold themselves refers to definitions", () => {
  const schema = inputSchemaOf(profileFacts("com.apple.applicationaccess.new")!);
  assert.ok(JSON.stringify(schema).includes('"$ref":"#/$defs/'));
});

test("keys that macOS never had are not offered", () => {
  const schema = inputSchemaOf(commandFacts("EraseDevice")!) as { properties: object };
  assert.deepEqual(Object.keys(schema.properties), ["PIN", "ObliterationBehavior"]);
});
