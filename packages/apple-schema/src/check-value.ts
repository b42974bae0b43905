import { isDictionary, type PlistDictionary, PlistReal, type PlistValue } from "@pomona/plist";
import { checkScalar } from "./check-scalar.ts";
import type { KeySchema, KeyType, SchemaEntry } from "./model.ts";
import { nearestName } from "./nearest-name.ts";
import { type Problems, pathOf, shown } from "./problems.ts";
import { refusalByVersion } from "./refusal.ts";

/** What a check needs beside the value: whose definitions hold, what it is called, and for which macOS. */
export interface Check {
  readonly entry: SchemaEntry;
  /** As in "is not a key of DeviceLock". */
  readonly name: string;
  readonly osVersion: string | null;
  readonly problems: Problems;
}

export function checkValue(check: Check, schema: KeySchema, value: PlistValue, path: string): void {
  const { type, keys, any, items, count } = resolve(check, schema);
  if (!isOfType(type, value)) {
    check.problems.error(path, `must be ${ARTICLE[type]}`);
    return;
  }
  if (isDictionary(value)) {
    // A dictionary of which nothing is said may hold anything.
    if (type === "dictionary" && (keys !== undefined || any !== undefined)) {
      checkKeys(check, keys ?? [], any, value, path);
    }
  } else if (Array.isArray(value)) {
    const list = value as readonly PlistValue[];
    const [least, greatest] = count ?? [null, null];
    if (least !== null && list.length < least) check.problems.error(path, `must have at least ${least} items`);
    if (greatest !== null && list.length > greatest) check.problems.error(path, `must have at most ${greatest} items`);
    if (items !== undefined) list.forEach((item, at) => checkItem(check, items, item, `${path}[${at}]`));
  } else {
    checkScalar(resolve(check, schema), value, path, check.problems);
  }
}

/** The keys of a dictionary: what is missing, what is not known, and what is wrong with each. */
export function checkKeys(
  check: Check,
  keys: readonly KeySchema[],
  any: KeySchema | undefined,
  value: PlistDictionary,
  path: string,
): void {
  const { problems } = check;
  for (const schema of keys) {
    if (schema.required !== true || Object.hasOwn(value, schema.key)) continue;
    // A key that this macOS does not know cannot be asked for.
    if (whyUnused(check, schema) === undefined) problems.error(pathOf(path, schema.key), "is required");
  }
  for (const key of Object.keys(value)) {
    const at = pathOf(path, key);
    const schema = keys.find((candidate) => candidate.key === key);
    if (schema !== undefined) {
      const why = whyUnused(check, schema);
      if (why === undefined) checkValue(check, schema, value[key]!, at);
      else problems.warn(at, `has no effect: ${why}`);
    } else if (any !== undefined) {
      checkValue(check, any, value[key]!, at);
    } else {
      const near = nearestName(
        key,
        keys.map((candidate) => candidate.key),
      );
      problems.warn(
        at,
        `is not a key of ${check.name} that is known${near === undefined ? "" : `; did you mean ${near}?`}`,
      );
    }
  }
}

/** An item that may be one of several dictionaries is the one that its fixed values name (`Item` of Settings). */
function checkItem(check: Check, items: readonly KeySchema[], value: PlistValue, path: string): void {
  const [first] = items;
  if (items.length === 1) return checkValue(check, first!, value, path);
  const choice = items.find((item) => isNamedBy(check, item, value));
  if (choice === undefined) {
    const names = items.flatMap((item) => fixedKeys(check, item).flatMap(({ values }) => values ?? []));
    check.problems.error(
      path,
      names.length === 0 ? "fits none of what may stand here" : `is none of ${names.join(", ")}`,
    );
    return;
  }
  const why = whyUnused(check, resolve(check, choice));
  if (why === undefined) checkValue(check, choice, value, path);
  else check.problems.warn(path, `has no effect: ${why}`);
}

function isNamedBy(check: Check, item: KeySchema, value: PlistValue): boolean {
  if (!isDictionary(value)) return isOfType(resolve(check, item).type, value);
  const fixed = fixedKeys(check, item);
  return fixed.length > 0 && fixed.every(({ key, values }) => Object.hasOwn(value, key) && value[key] === values![0]);
}

const fixedKeys = (check: Check, item: KeySchema): readonly KeySchema[] =>
  (resolve(check, item).keys ?? []).filter(({ required, values }) => required === true && values?.length === 1);

function whyUnused({ osVersion }: Check, { key, os }: KeySchema): string | undefined {
  return os === undefined ? undefined : refusalByVersion(shown(key), os, osVersion);
}

const resolve = ({ entry }: Check, schema: KeySchema): KeySchema =>
  schema.ref === undefined ? schema : (entry.definitions?.[schema.ref] ?? { key: schema.key, type: "any" });

function isOfType(type: KeyType, value: PlistValue): boolean {
  switch (type) {
    case "string":
      return typeof value === "string";
    case "integer":
      return typeof value === "bigint" || Number.isInteger(value);
    case "real":
      return typeof value === "number" || typeof value === "bigint" || value instanceof PlistReal;
    case "boolean":
      return typeof value === "boolean";
    case "date":
      return value instanceof Date;
    case "data":
      return value instanceof Uint8Array;
    case "array":
      return Array.isArray(value);
    case "dictionary":
      return isDictionary(value);
    case "any":
      return true;
  }
}

const ARTICLE: Readonly<Record<KeyType, string>> = {
  string: "a string",
  integer: "an integer",
  real: "a number",
  boolean: "true or false",
  date: "a date",
  data: "data",
  array: "an array",
  dictionary: "a dictionary",
  any: "anything",
};
