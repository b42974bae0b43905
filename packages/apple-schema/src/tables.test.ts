import assert from "node:assert/strict";
import { test } from "node:test";
import { entryOf, namesOf } from "./entries.ts";
import { commandNames } from "./facts.ts";
import type { KeySchema, SchemaEntry, TableKind } from "./model.ts";

const KINDS: readonly TableKind[] = [
  "command",
  "check-in",
  "profile",
  "declaration",
  "credential",
  "status-item",
  "error",
];

function keysOf(entry: SchemaEntry): readonly KeySchema[] {
  const found: KeySchema[] = [];
  const waiting = [...entry.keys, ...(entry.response ?? []), ...Object.values(entry.definitions ?? {})];
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    found.push(key);
    waiting.push(...(key.keys ?? []), ...(key.items ?? []), ...(key.any === undefined ? [] : [key.any]));
  }
  return found;
}

test("every entry of every table decodes, each reference leads to a definition and each format is a regular expression", () => {
  for (const kind of KINDS) {
    const names = namesOf(kind);
    assert.ok(names.length > 0, kind);
    for (const name of names) {
      const entry = entryOf(kind, name)!;
      for (const { ref, format, key } of keysOf(entry)) {
        if (ref !== undefined) assert.ok(Object.hasOwn(entry.definitions ?? {}, ref), `${name} ${key}`);
        if (format !== undefined) assert.ok(new RegExp(format, "u"), `${name} ${key}`);
      }
    }
  }
});

test("the tables hold names and values, not sentences", () => {
  for (const kind of KINDS) {
    for (const name of namesOf(kind)) {
      for (const { key, values = [], default: standard = "" } of keysOf(entryOf(kind, name)!)) {
        for (const text of [key, ...values, standard].map(String)) {
          assert.ok(text.length <= 120 && text.split(" ").length <= 8, `${name}: ${text}`);
        }
      }
    }
  }
});

test("the 50 commands of the release and the 2 that came since are known", () => {
  assert.equal(commandNames().length, 52);
});

test("a key holds what is said of macOS above it, and what it says itself goes before it", () => {
  const entry = entryOf("command", "EraseDevice")!;
  const pin = entry.keys.find(({ key }) => key === "PIN")!;
  assert.equal(entry.os.introduced, "10.7");
  assert.equal(pin.os!.introduced, "10.8");
  assert.equal(pin.os!.accessRights, "AllowDeviceErase");
});

test("names from outside that happen to be of every object are not entries", () => {
  for (const name of ["__proto__", "constructor", "toString", ""]) assert.equal(entryOf("command", name), undefined);
});
