import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import type { TableEntry, TableKey, TableKind } from "@pomona/apple-schema";
import { root } from "../root.ts";
import { mergeVariants } from "./merge-variants.ts";
import { printTables } from "./print-tables.ts";
import { readRelease } from "./read-release.ts";

const folder = path.join(root, "fixtures/apple-schema/release");
const release = await readRelease(folder);
const entry = (kind: TableKind, name: string): TableEntry => mergeVariants(release.get(kind)!.get(name)!);
const paint = entry("command", "PaintDevice");
const key = (keys: readonly TableKey[] | undefined, name: string): TableKey =>
  keys!.find((candidate) => candidate.key === name)!;

test("every kind of thing of a release is found under its name", () => {
  const found = [...release].map(([kind, entries]) => [kind, [...entries.keys()]]);
  assert.deepEqual(Object.fromEntries(found), {
    command: ["FloatDevice", "PaintDevice"],
    "check-in": ["Hello"],
    profile: ["com.example.parts", "com.example.tree"],
    error: ["com.example.tired"],
    declaration: ["com.example.configuration.lamp"],
    credential: ["com.example.credential.key"],
    "status-item": ["lamp.is-on"],
  });
});

test("what is said of macOS is taken over, and nothing of other systems", () => {
  assert.deepEqual(paint.os, {
    introduced: "10.7",
    deprecated: "14.0",
    removed: "15.0",
    accessRights: "AllowSettings",
    deviceChannel: true,
    userChannel: false,
    supervised: true,
    requiresDep: false,
    userEnrollment: "forbidden",
  });
  assert.deepEqual(entry("declaration", "com.example.configuration.lamp").os, {
    introduced: "13.0",
    allowedEnrollments: ["supervised", "user"],
    allowedScopes: ["system"],
  });
});

test("a key says only what differs from the key above", () => {
  assert.equal(key(paint.keys, "Colour").os, undefined);
  assert.deepEqual(key(paint.keys, "Layers").os, { introduced: "11.0", userEnrollment: "allowed" });
  const area = key(paint.keys, "Area");
  assert.deepEqual(area.os, { introduced: "12.0", supervised: false });
  assert.equal(key(area.keys, "Width").os, undefined);
  assert.deepEqual(key(area.keys, "Unit").os, { introduced: "13.0" });
});

test("of what macOS never had only the name is kept", () => {
  assert.deepEqual(entry("command", "FloatDevice"), { os: { introduced: null } });
  assert.deepEqual(key(paint.keys, "Primer"), { key: "Primer", type: "dictionary", os: { introduced: null } });
  assert.deepEqual(key(paint.keys, "Varnish").os, { introduced: null });
});

test("the item of an array is found under any name, several are alternatives, and its repetition counts the items", () => {
  assert.deepEqual(key(paint.keys, "Pair"), {
    key: "Pair",
    type: "array",
    items: [{ key: "whatever-name", type: "string" }],
    count: [2, 2],
  });
  assert.deepEqual(
    key(paint.keys, "Steps").items?.map((item) => item.key),
    ["Sand", "Wash"],
  );
});

test("ANY, with or without words behind it, is what other keys of a dictionary hold", () => {
  const extras = key(paint.keys, "Extras");
  assert.deepEqual(
    extras.keys?.map((below) => below.key),
    ["Known"],
  );
  assert.equal(extras.any?.type, "string");
});

test("the names below a string are the values that are known", () => {
  assert.deepEqual(key(paint.keys, "Questions").items?.[0]?.known, ["IsDry", "IsEven"]);
});

test("keys that hold themselves become a definition that is referred to, with what it inherits written down", () => {
  const tree = entry("profile", "com.example.tree");
  assert.deepEqual(key(tree.keys, "Branches").items, [{ key: "Branch", type: "dictionary", ref: "Branch" }]);
  const branch = tree.definitions!["Branch"]!;
  assert.deepEqual(branch.os, { introduced: "11.0" });
  assert.deepEqual(key(branch.keys, "Twigs").items, [{ key: "Branch", type: "dictionary", ref: "Branch" }]);
});

test("files of one payload type become one entry that requires only what all of them require", () => {
  const { keys } = entry("profile", "com.example.parts");
  assert.deepEqual(keys, [
    { key: "Both", type: "string", required: true },
    { key: "Only1", type: "integer" },
    { key: "Differs", type: "dictionary" },
    { key: "Only2", type: "integer" },
  ]);
});

test("declarations keep how values combine and which assets they name", () => {
  const lamp = entry("declaration", "com.example.configuration.lamp");
  assert.equal(lamp.apply, "combined");
  assert.equal(key(lamp.keys, "Brightness").combine, "number-max");
  assert.deepEqual(key(lamp.keys, "BulbReference").assetTypes, ["com.example.asset.bulb"]);
  assert.deepEqual(key(lamp.keys, "BulbReference").assetContentTypes, ["application/json"]);
});

test("no sentence of a release reaches the tables", () => {
  for (const [file, text] of printTables(release)) assert.ok(!text.includes("sentence"), file);
});

test("a printed table is a module that holds what was read, one line per entry", async () => {
  const tables = printTables(release);
  const away = await mkdtemp(path.join(tmpdir(), "tables-"));
  try {
    const file = path.join(away, "commands.ts");
    await writeFile(file, tables.get("commands.ts")!);
    const { COMMANDS } = (await import(file)) as { COMMANDS: Record<string, string> };
    assert.deepEqual(Object.keys(COMMANDS), ["FloatDevice", "PaintDevice"]);
    assert.deepEqual(JSON.parse(COMMANDS["PaintDevice"]!), JSON.parse(JSON.stringify(paint)));
    assert.equal(
      tables
        .get("commands.ts")!
        .split("\n")
        .filter((line) => line.includes("PaintDevice")).length,
      1,
    );
  } finally {
    await rm(away, { recursive: true });
  }
});

test("a file whose key has no type of property lists is named in the error", async () => {
  const away = await mkdtemp(path.join(tmpdir(), "release-"));
  try {
    await mkdir(path.join(away, "mdm/commands"), { recursive: true });
    const yaml =
      "payload:\n  requesttype: X\n  supportedOS:\n    macOS:\n      introduced: '1'\npayloadkeys:\n- key: K\n  type: <blob>\n";
    await writeFile(path.join(away, "mdm/commands/x.yaml"), yaml);
    await assert.rejects(readRelease(away), /mdm\/commands\/x\.yaml: the key K has the type <blob>/);
  } finally {
    await rm(away, { recursive: true });
  }
});

test("a folder that holds no release changes no table", async () => {
  const before = await readFile(path.join(root, "packages/apple-schema/src/tables/commands.ts"), "utf8");
  const away = await mkdtemp(path.join(tmpdir(), "empty-"));
  try {
    const run = promisify(execFile)(process.execPath, [path.join(import.meta.dirname, "generate.ts"), away]);
    await assert.rejects(run, /holds no release/);
  } finally {
    await rm(away, { recursive: true });
  }
  assert.equal(await readFile(path.join(root, "packages/apple-schema/src/tables/commands.ts"), "utf8"), before);
});
