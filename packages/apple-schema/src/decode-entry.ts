import type { KeySchema, OsFacts, SchemaEntry, TableEntry, TableKey } from "./model.ts";

/** Hands what is said of macOS down to every key: what a key does not say itself holds as above it, value by value. */
export function decodeEntry(entry: TableEntry): SchemaEntry {
  const { os, keys = [], response, definitions, apply } = entry;
  return {
    os,
    keys: keys.map((key) => inherit(key, os)),
    ...(response === undefined ? {} : { response: response.map((key) => inherit(key, os)) }),
    ...(definitions === undefined
      ? {}
      : {
          definitions: Object.fromEntries(Object.entries(definitions).map(([name, key]) => [name, inherit(key, os)])),
        }),
    ...(apply === undefined ? {} : { apply }),
  };
}

function inherit(key: TableKey, above: OsFacts): KeySchema {
  const os = key.os === undefined ? above : { ...above, ...key.os };
  const { os: _, keys, any, items, ...own } = key;
  return {
    ...own,
    os,
    ...(keys === undefined ? {} : { keys: keys.map((below) => inherit(below, os)) }),
    ...(any === undefined ? {} : { any: inherit(any, os) }),
    ...(items === undefined ? {} : { items: items.map((below) => inherit(below, os)) }),
  };
}
