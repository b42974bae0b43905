import assert from "node:assert/strict";
import { test } from "node:test";
import {
  getArray,
  getBigInteger,
  getBoolean,
  getData,
  getDate,
  getDictionary,
  getInteger,
  getNumber,
  getString,
  isDictionary,
  PlistReal,
  PlistUid,
} from "./index.ts";

const values = {
  string: "x",
  integer: 7,
  large: 2n ** 63n,
  real: new PlistReal(1.5),
  boolean: false,
  data: new Uint8Array([1]),
  date: new Date(0),
  array: [1],
  dictionary: { a: 1 },
  uid: new PlistUid(1),
};

const readers = {
  getString: [getString, ["string"]],
  getInteger: [getInteger, ["integer"]],
  getBigInteger: [getBigInteger, ["integer", "large"]],
  getNumber: [getNumber, ["integer", "large", "real"]],
  getBoolean: [getBoolean, ["boolean"]],
  getData: [getData, ["data"]],
  getDate: [getDate, ["date"]],
  getArray: [getArray, ["array"]],
  getDictionary: [getDictionary, ["dictionary"]],
} as const;

for (const [name, [read, kinds]] of Object.entries(readers)) {
  test(`${name} gives what it is for, and undefined for all else`, () => {
    const known: readonly string[] = kinds;
    for (const key of Object.keys(values)) assert.equal(read(values, key) !== undefined, known.includes(key), key);
    assert.equal(read(values, "missing"), undefined);
    assert.equal(read({}, "__proto__"), undefined);
    assert.equal(read({}, "constructor"), undefined);
  });
}

test("readers give the value itself", () => {
  assert.equal(getString(values, "string"), "x");
  assert.equal(getInteger(values, "integer"), 7);
  assert.equal(getBigInteger(values, "integer"), 7n);
  assert.equal(getNumber(values, "real"), 1.5);
  assert.equal(getBoolean(values, "boolean"), false);
  assert.equal(getDictionary(values, "dictionary"), values.dictionary);
});

test("only a plain object is a dictionary", () => {
  const dictionaries = Object.entries(values).filter(([, value]) => isDictionary(value));
  assert.deepEqual(dictionaries, [["dictionary", values.dictionary]]);
  assert.equal(isDictionary(null), false);
  assert.equal(isDictionary(undefined), false);
  assert.equal(isDictionary(Object.create(null)), true);
});
