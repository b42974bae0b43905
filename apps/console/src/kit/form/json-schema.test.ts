import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultsOf, type FormSchema, faultsOf, labelOf } from "./json-schema.ts";

const schema: FormSchema = {
  type: "object",
  required: ["PIN"],
  properties: {
    PIN: { type: "string", pattern: "^[0-9]{6}$", description: "six digits" },
    Count: { type: "integer", minimum: 1, maximum: 5 },
    Notify: { type: "boolean", default: true },
    Mode: { type: "string", enum: ["a", "b"] },
    Text: { type: "string", maxLength: 3 },
  },
};

test("faults are told by field, and only for what is there or needed", () => {
  assert.deepEqual(faultsOf(schema, { PIN: "123456", Count: 3, Mode: "a", Text: "abc" }), {});
  assert.deepEqual(faultsOf(schema, {}), { PIN: "This is needed." });
  assert.deepEqual(faultsOf(schema, { PIN: "12", Count: 6, Mode: "c", Text: "abcd" }), {
    PIN: "Expected: six digits.",
    Count: "At most 5.",
    Mode: "Choose one of a, b.",
    Text: "At most 3 characters; these are 4.",
  });
  assert.equal(faultsOf(schema, { PIN: "123456", Count: 1.5 })["Count"], "A whole number.");
});

test("an empty text is an answer only where the schema says how long a text may be and asks for no letters", () => {
  const lock: FormSchema = {
    required: ["password"],
    properties: { password: { type: "string", maxLength: 64 } },
  };
  assert.deepEqual(faultsOf(lock, { password: "" }), {});
  assert.deepEqual(faultsOf(lock, {}), { password: "This is needed." });
  for (const name of [{ type: "string", minLength: 1, maxLength: 64 }, { type: "string" }, schema.properties!["PIN"]!])
    assert.deepEqual(faultsOf({ required: ["name"], properties: { name } }, { name: "" }), { name: "This is needed." });
});

test("defaults are those that the schema names", () => {
  assert.deepEqual(defaultsOf(schema), { Notify: true });
});

test("wire names become words, and acronyms stay", () => {
  const label = (name: string) => labelOf(name, {});
  assert.deepEqual(["ObliterationBehavior", "PIN", "NotifyUser", "bundleId", "RequiresURLScheme"].map(label), [
    "Obliteration behavior",
    "PIN",
    "Notify user",
    "Bundle id",
    "Requires URL scheme",
  ]);
});

test("a group that is not given has no faults, one that is begun has all of its own, and lists are told by place", () => {
  const nested: FormSchema = {
    properties: {
      organization: {
        anyOf: [
          { type: "object", required: ["name"], properties: { name: { type: "string" }, phone: { type: "string" } } },
          { type: "null", description: "forget it" },
        ],
      },
      updates: {
        type: "array",
        minItems: 1,
        items: { type: "object", required: ["action"], properties: { action: { enum: ["now", "later"] } } },
      },
    },
    required: ["updates"],
  };
  assert.deepEqual(faultsOf(nested, { updates: [{ action: "now" }] }), {});
  assert.deepEqual(faultsOf(nested, { organization: null, updates: [] }), { updates: "At least 1." });
  assert.deepEqual(faultsOf(nested, { organization: { phone: "1" }, updates: [{ action: "now" }, {}] }), {
    "organization.name": "This is needed.",
    "updates.1.action": "This is needed.",
  });
});
