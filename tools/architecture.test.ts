import assert from "node:assert/strict";
import { test } from "node:test";
import { FEATURES } from "./architecture/table.ts";
import { checkArchitecture } from "./architecture.ts";

const SERVER = "apps/server/src";
const FEATURE = `${SERVER}/features`;
const door = (name: string): string => JSON.stringify({ name, exports: { ".": "./src/index.ts" } });

/** A small repository that keeps every rule; each test plants one fault in it. */
const SOUND: Readonly<Record<string, string>> = {
  "packages/plist/package.json": door("@pomona/plist"),
  "packages/plist/src/index.ts": 'export { decode } from "./decode.ts";',
  "packages/plist/src/decode.ts": "export const decode = 1;",
  "packages/plist/src/decode.test.ts": 'import "node:test"; import "fast-check"; import { decode } from "./decode.ts";',
  "packages/mdm/package.json": door("@pomona/mdm"),
  "packages/mdm/src/index.ts": 'import type { decode } from "@pomona/plist";',
  "packages/rules/package.json": door("@pomona/rules"),
  "packages/rules/src/index.ts": "export {};",
  "packages/contract/package.json": door("@pomona/contract"),
  "packages/contract/src/index.ts": 'import "typebox"; import "@pomona/rules";',
  "packages/pki/package.json": JSON.stringify({ exports: { ".": "./src/index.ts", "./node": "./node/index.ts" } }),
  "packages/pki/src/index.ts": "export {};",
  "packages/pki/node/index.ts": 'import "node:crypto"; import "@pomona/pki";',
  [`${SERVER}/kernel/store.ts`]: 'import type { Kysely } from "kysely"; import "@pomona/plist"; import "node:util";',
  [`${SERVER}/kernel/action.ts`]: 'import "./store.ts";',
  [`${SERVER}/adapters/store/sqlite.ts`]: `import "kysely"; import "node:sqlite"; import "../../kernel/store.ts";
     import type { X } from "../../features/devices/ports.ts";`,
  [`${SERVER}/adapters/api-door/door.ts`]: 'import "fastify"; import "../../features/devices/index.ts";',
  [`${FEATURE}/devices/index.ts`]: 'export { list } from "./list-devices.ts";',
  [`${FEATURE}/devices/list-devices.ts`]:
    'import type { X } from "./ports.ts"; import "../../kernel/action.ts"; export const list = 1;',
  [`${FEATURE}/devices/ports.ts`]: "export type X = 1;",
  [`${FEATURE}/devices/devices.sql.ts`]: 'import "kysely"; import "./ports.ts";',
  [`${FEATURE}/devices/devices.http.ts`]: 'import "fastify"; import "./list-devices.ts";',
  [`${FEATURE}/devices/devices.sql.test.ts`]: 'import "./devices.sql.ts"; import "../../adapters/store/sqlite.ts";',
  [`${FEATURE}/devices/feature.ts`]: 'import "./devices.sql.ts"; import "./index.ts";',
  [`${FEATURE}/commands/index.ts`]: 'import "./enqueue.ts";',
  [`${FEATURE}/commands/enqueue.ts`]: 'import "../devices/index.ts"; import "@pomona/contract";',
  [`${SERVER}/main.ts`]:
    'import "./adapters/store/sqlite.ts"; import "./features/devices/feature.ts"; import "@pomona/pki/node";',
  [`${SERVER}/index.ts`]: 'import "./main.ts";',
  "apps/server/package.json": door("@pomona/server"),
  "apps/agent/package.json": door("@pomona/agent"),
  "apps/agent/src/index.ts": 'import "@pomona/plist"; import "./live/mqtt-wire.ts";',
  "apps/agent/src/live/mqtt-wire.ts": 'import "mqtt"; import "node:net";',
  "apps/cli/src/main.ts": 'import "commander"; import "@pomona/server"; import "@pomona/testkit";',
  "apps/console/src/main.tsx": 'import "react"; import "@pomona/contract"; import "./main.css"; const view = <p />;',
  "testkit/package.json": JSON.stringify({ exports: { ".": "./src/index.ts" } }),
  "testkit/src/index.ts": 'import "@pomona/agent"; import "node:http";',
  "testkit/walks/order.test.ts": 'import "@pomona/server"; import "../src/index.ts";',
  "bench/main.ts": 'import "@pomona/server"; import "@pomona/testkit"; import "mqtt";',
};

const check = (planted: Readonly<Record<string, string>>): Promise<readonly string[]> =>
  checkArchitecture(new Map(Object.entries({ ...SOUND, ...planted })));

test("a sound tree has no fault", async () => {
  assert.deepEqual(await check({}), []);
});

/** What is planted: title, file, its text, and what the one fault says. */
const FORBIDDEN: readonly (readonly [title: string, file: string, text: string, says: RegExp])[] = [
  ["a pure package uses Node", "packages/plist/src/x.ts", 'import "node:fs";', /does no I\/O/],
  ["a pure package uses Node without the prefix", "packages/plist/src/x.ts", 'import "fs";', /does no I\/O/],
  ["a pure package uses a library", "packages/plist/src/x.ts", 'import "kysely";', /one adapter/],
  [
    "a pure package uses the schema library that others have",
    "packages/mdm/src/x.ts",
    'import "typebox";',
    /one adapter/,
  ],
  ["a package uses one that it may not", "packages/plist/src/x.ts", 'import "@pomona/mdm";', /may not use/],
  [
    "a package uses a server file",
    "packages/plist/src/x.ts",
    'import "../../../apps/server/src/kernel/action.ts";',
    /name and door/,
  ],
  ["a package uses the agent by its name", "packages/plist/src/x.ts", 'import "@pomona/agent";', /may not import/],
  ["a package reaches inside another", "packages/mdm/src/x.ts", 'import "../../plist/src/decode.ts";', /name and door/],
  ["a package asks for a door that is not there", "packages/mdm/src/x.ts", 'import "@pomona/plist/decode";', /no file/],
  ["a pure package uses pki/node", "packages/mdm/src/x.ts", 'import "@pomona/pki/node";', /for programs/],
  ["pki/node uses more of Node than crypto", "packages/pki/node/x.ts", 'import "node:fs";', /only node:crypto/],
  [
    "the kernel uses a feature",
    `${SERVER}/kernel/x.ts`,
    'import "../features/devices/index.ts";',
    /may not import feature/,
  ],
  [
    "the kernel uses an adapter",
    `${SERVER}/kernel/x.ts`,
    'import "../adapters/store/sqlite.ts";',
    /may not import adapter/,
  ],
  ["the kernel uses the query builder", `${SERVER}/kernel/x.ts`, 'import "kysely";', /one adapter/],
  [
    "the store's type-only exception is used for code",
    `${SERVER}/kernel/store.ts`,
    'import { Kysely } from "kysely";',
    /one adapter/,
  ],
  ["the kernel uses fastify", `${SERVER}/kernel/x.ts`, 'import "fastify";', /one adapter/],
  ["a feature uses a later one", `${FEATURE}/devices/x.ts`, 'import "../commands/index.ts";', /publish a fact/],
  [
    "a feature enters another beside its door",
    `${FEATURE}/commands/x.ts`,
    'import "../devices/list-devices.ts";',
    /by its index/,
  ],
  ["a feature uses another's manifest", `${FEATURE}/commands/x.ts`, 'import "../devices/feature.ts";', /by its index/],
  [
    "a feature uses an adapter",
    `${FEATURE}/devices/x.ts`,
    'import "../../adapters/store/sqlite.ts";',
    /may not import adapter/,
  ],
  [
    "a feature's core uses its edge",
    `${FEATURE}/devices/x.ts`,
    'import "./devices.http.ts";',
    /does not import its edges/,
  ],
  [
    "an edge uses another kind of edge",
    `${FEATURE}/devices/devices.sql.ts`,
    'import "kysely"; import "./devices.http.ts";',
    /another kind of edge/,
  ],
  ["a feature uses its own manifest", `${FEATURE}/devices/x.ts`, 'import "./feature.ts";', /manifest/],
  ["a feature's core uses the query builder", `${FEATURE}/devices/x.ts`, 'import "kysely";', /one adapter/],
  ["an HTTP edge uses the query builder", `${FEATURE}/devices/x.http.ts`, 'import "kysely";', /one adapter/],
  ["a feature that is not in the order", `${FEATURE}/gadgets/x.ts`, "export {};", /not in the table of features/],
  [
    "an adapter reaches inside a feature",
    `${SERVER}/adapters/api-door/x.ts`,
    'import "../../features/devices/list-devices.ts";',
    /enter devices/,
  ],
  [
    "an adapter uses a feature's manifest",
    `${SERVER}/adapters/api-door/x.ts`,
    'import "../../features/devices/feature.ts";',
    /enter devices/,
  ],
  [
    "an adapter uses another adapter",
    `${SERVER}/adapters/api-door/x.ts`,
    'import "../store/sqlite.ts";',
    /another one/,
  ],
  ["a second adapter for one library", `${SERVER}/adapters/api-door/x.ts`, 'import "kysely";', /one adapter/],
  ["a library that nobody listed", `${SERVER}/adapters/api-door/x.ts`, 'import "left-pad";', /table of libraries/],
  ["SQLite outside the store", `${SERVER}/adapters/api-door/x.ts`, 'import "node:sqlite";', /its own places/],
  ["a feature imports main", `${FEATURE}/devices/x.ts`, 'import "../../main.ts";', /may not import main/],
  [
    "the server's other files use adapters",
    `${SERVER}/roles.ts`,
    'import "./adapters/store/sqlite.ts";',
    /may not import adapter/,
  ],
  [
    "main reaches inside a feature",
    `${SERVER}/main.ts`,
    'import "./features/devices/list-devices.ts";',
    /enter devices/,
  ],
  ["the server uses the agent", `${SERVER}/adapters/api-door/x.ts`, 'import "@pomona/agent";', /may not import agent/],
  ["the server uses the testkit", `${SERVER}/main.ts`, 'import "@pomona/testkit";', /may not import testkit/],
  ["the server uses the console", `${SERVER}/x.ts`, 'import "../../console/src/main.tsx";', /name and door/],
  ["the agent uses the server", "apps/agent/src/x.ts", 'import "@pomona/server";', /may not import server door/],
  ["the agent uses MQTT beside its wire", "apps/agent/src/x.ts", 'import "mqtt";', /one adapter/],
  [
    "the console uses a protocol package",
    "apps/console/src/x.ts",
    'import "@pomona/plist";',
    /may not import package plist/,
  ],
  ["the console uses Node", "apps/console/src/x.ts", 'import "node:path";', /has no Node/],
  ["the CLI reaches inside the server", "apps/cli/src/x.ts", 'import "../../server/src/main.ts";', /name and door/],
  ["the testkit uses the server", "testkit/src/x.ts", 'import "@pomona/server";', /may not import server door/],
  ["code imports a test", `${SERVER}/kernel/x.ts`, 'import "./x.test.ts";', /only tests/],
  [
    "a re-export points the wrong way",
    `${FEATURE}/devices/x.ts`,
    'export * from "../commands/index.ts";',
    /publish a fact/,
  ],
  [
    "a dynamic import points the wrong way",
    `${FEATURE}/devices/x.ts`,
    'await import("../commands/index.ts");',
    /publish a fact/,
  ],
  [
    "a type import points the wrong way",
    `${FEATURE}/devices/x.ts`,
    'import type { Y } from "../commands/index.ts";',
    /publish a fact/,
  ],
  [
    "an inline type import points the wrong way",
    `${FEATURE}/devices/x.ts`,
    'type Y = import("../commands/index.ts").Y;',
    /publish a fact/,
  ],
  ["a computed import", `${SERVER}/kernel/x.ts`, "await import(process.argv[2]);", /computed/],
  ["an import of nothing", `${SERVER}/kernel/x.ts`, 'import "./gone.ts";', /no file/],
  ["a file in no room", "apps/gadget/src/x.ts", "export {};", /no room/],
  ["a package that is not in the table", "packages/gadget/src/x.ts", "export {};", /no room/],
  [
    "a test uses a library that nobody listed",
    "packages/plist/src/x.test.ts",
    'import "left-pad";',
    /table of libraries/,
  ],
  [
    "a test of a feature uses a later one",
    `${FEATURE}/devices/x.test.ts`,
    'import "../commands/index.ts";',
    /publish a fact/,
  ],
  ["a test of the agent uses the server", "apps/agent/src/x.test.ts", 'import "@pomona/server";', /may not import/],
  ["a file of 401 lines", `${SERVER}/kernel/x.ts`, "export {};\n".repeat(401), /401 lines/],
  ["a folder that says nothing", `${SERVER}/kernel/utils/x.ts`, "export {};", /says nothing/],
  ["a file named for being a helper", `${SERVER}/kernel/store-helper.ts`, "export {};", /name the file/],
  ["a file not in kebab-case", `${SERVER}/kernel/storeThing.ts`, "export {};", /kebab/],
  ["a class called a manager", `${SERVER}/kernel/x.ts`, "export class StoreManager {}", /name the thing/],
  ["an interface with an I", `${SERVER}/kernel/x.ts`, "export interface IStore {}", /without an I/],
  ["a file that does not parse", `${SERVER}/kernel/x.ts`, "export const = ;", /does not parse/],
];

for (const [title, file, text, says] of FORBIDDEN) {
  test(`refused: ${title}`, async () => {
    const planted = text.includes("./x.test.ts")
      ? { [file]: text, [file.replace(".ts", ".test.ts")]: "" }
      : { [file]: text };
    const faults = await check(planted);
    assert.equal(
      faults.filter((fault) => says.test(fault)).length,
      1,
      `expected one fault like ${says}, got:\n${faults.join("\n")}`,
    );
  });
}

test("refused: an import cycle, through types too", async () => {
  const faults = await check({
    "packages/plist/src/a.ts": 'import type { B } from "./b.ts"; export type A = B;',
    "packages/plist/src/b.ts": 'import type { A } from "./a.ts"; export type B = A;',
  });
  assert.deepEqual(faults, [
    "import cycle: packages/plist/src/a.ts -> packages/plist/src/b.ts -> packages/plist/src/a.ts",
  ]);
});

test("refused: a kernel of eleven files", async () => {
  const more = Array.from({ length: 9 }, (_, n) => [`${SERVER}/kernel/part-${n}.ts`, "export {};"] as const);
  assert.match((await check(Object.fromEntries(more))).join("\n"), /11 files/);
});

test("text that only looks like an import is none", async () => {
  const text = `// import "node:fs";
    export const said = 'import "node:fs"'; export const told = \`import("node:fs")\`;`;
  assert.deepEqual(await check({ "packages/plist/src/x.ts": text }), []);
});

test("a generated file may be long", async () => {
  const text = `// Generated by tools/generate.ts\n${"export {};\n".repeat(500)}`;
  assert.deepEqual(await check({ "packages/plist/src/x.ts": text }), []);
});

test("no feature stands twice in the order", () => {
  assert.equal(new Set(FEATURES).size, FEATURES.length);
});
