/**
 * The architecture as data. Every import of every file must be allowed by a row here; what is not listed is refused.
 * Adding a feature, a package or a library is one line in this file.
 */

/** Features from the ground up: each may use the doors of those before it, never of those after. */
export const FEATURES: readonly string[] = [
  "tenants",
  "revocation",
  "audit",
  "access",
  "devices",
  "enrollment",
  "push",
  "acme",
  "commands",
  "batches",
  "renewal",
  "agents",
  "recovery",
  "escrow",
  "moving-in",
  "content",
  "declarations",
  "profiles",
  "software",
  "scripts",
  "protection",
  "assignments",
  "compliance",
  "alerts",
  "terminal",
  "zero-touch",
  "platform-sso",
  "compat-mdmdirector",
  "compat-munki",
  "compat-santa",
  "compat-osquery",
  "reports",
];

/** Pure packages, and the packages that each may use. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  plist: [],
  pki: [],
  rules: [],
  facts: [],
  mdm: ["plist"],
  profiles: ["plist"],
  "agent-protocol": [],
  "apple-schema": ["plist"],
  contract: ["facts", "rules"],
};

/** A part of the repository whose files share the same rights. */
export interface Room {
  readonly name: string;
  readonly path: RegExp;
  /** Rooms whose files (or only doors, see DOORS) it may import; `packages` stands for every pure package. */
  readonly may: readonly string[];
  /** Which of Node's modules: all, none, or those listed. */
  readonly node: boolean | readonly string[];
}

/** The first row whose path matches is a file's room. Pure packages are rows of PACKAGES. */
export const ROOMS: readonly Room[] = [
  { name: "pki/node", path: /^packages\/pki\/node\//, may: ["packages"], node: ["node:crypto"] },
  { name: "kernel", path: /^apps\/server\/src\/kernel\//, may: ["packages"], node: true },
  // A feature may use node:crypto, so it may use the packages' one implementation over it as well.
  { name: "feature", path: /^apps\/server\/src\/features\//, may: ["packages", "pki/node", "kernel"], node: true },
  {
    name: "adapter",
    path: /^apps\/server\/src\/adapters\//,
    may: ["packages", "pki/node", "kernel", "feature"],
    node: true,
  },
  {
    name: "main",
    path: /^apps\/server\/src\/main(\.ts$|\/)/,
    may: ["packages", "pki/node", "kernel", "feature", "adapter", "server"],
    node: true,
  },
  {
    name: "server door",
    path: /^apps\/server\/src\/index\.ts$/,
    may: ["packages", "kernel", "main", "server"],
    node: true,
  },
  { name: "server", path: /^apps\/server\/src\//, may: ["packages", "kernel"], node: true },
  // How the agent becomes one file; the server's walks and the build use it.
  { name: "agent build", path: /^apps\/agent\/build\.ts$/, may: [], node: true },
  { name: "agent", path: /^apps\/agent\/src\//, may: ["packages", "pki/node"], node: true },
  {
    name: "cli",
    path: /^apps\/cli\/src\//,
    may: ["packages", "server door", "testkit", "walks", "agent"],
    node: true,
  },
  {
    name: "console",
    path: /^apps\/console\/src\//,
    may: ["package contract", "package facts", "package rules"],
    node: false,
  },
  {
    name: "walks",
    path: /^testkit\/walks\//,
    may: ["packages", "pki/node", "testkit", "agent", "agent build", "server door"],
    node: true,
  },
  { name: "testkit", path: /^testkit\//, may: ["packages", "pki/node", "agent"], node: true },
  {
    name: "bench",
    path: /^bench\//,
    may: ["packages", "pki/node", "testkit", "walks", "agent", "server door"],
    node: true,
  },
  {
    name: "tools",
    path: /^(tools\/|apps\/console\/vite\.config\.ts$)/,
    may: ["package contract", "package apple-schema"],
    node: true,
  },
];

/** What a test (and a `*.testing.ts` or `testing/` file, which only tests import) may use beyond its room's row. */
export const TESTS_MAY: Readonly<Record<string, readonly string[]>> = {
  package: ["packages", "pki/node"],
  kernel: ["adapter", "pki/node", "feature"],
  feature: ["adapter", "pki/node", "testkit"],
  adapter: ["testkit"],
  main: ["server door", "testkit"],
  "server door": ["testkit"],
  server: ["main", "server door", "adapter", "feature", "pki/node", "testkit"],
  agent: ["testkit", "agent build"],
  cli: ["pki/node"],
  console: ["packages", "testkit", "server door"],
};

/** The only places that may import a library outside tests; an unlisted library is refused everywhere. */
export const LIBRARIES: Readonly<Record<string, readonly RegExp[]>> = {
  typebox: [
    /^packages\/(contract|agent-protocol)\//,
    /^apps\/server\/src\/(kernel\/perform\.ts$|features\/|adapters\/(mqtt|agent-http)\/)/,
    /^apps\/agent\/src\//,
  ],
  // The relay's cursors move in the handlers' own transactions.
  kysely: [/^apps\/server\/src\/adapters\/(store|background)\//, /^apps\/server\/src\/features\/.*\.sql\.ts$/],
  fastify: [/^apps\/server\/src\/adapters\/api-door\//, /^apps\/server\/src\/features\/.*\.http\.ts$/],
  "@fastify/cookie": [/^apps\/server\/src\/adapters\/api-door\//],
  "@fastify/static": [/^apps\/server\/src\/adapters\/api-door\//],
  aedes: [/^apps\/server\/src\/adapters\/mqtt\//, /^apps\/server\/src\/features\/.*\.mqtt\.ts$/],
  pino: [/^apps\/server\/src\/adapters\/log\//],
  "tar-stream": [/^apps\/server\/src\/adapters\/archive\//, /^testkit\//],
  mqtt: [/^apps\/agent\/src\/(.*\/)?mqtt[^/]*(\/|\.ts$)/, /^bench\//],
  commander: [/^apps\/cli\/src\//],
  react: [/^apps\/console\/src\//],
  "react-dom": [/^apps\/console\/src\//],
  "@tanstack/react-router": [/^apps\/console\/src\//],
  "@tanstack/react-query": [/^apps\/console\/src\//],
  "@tanstack/react-virtual": [/^apps\/console\/src\//],
  "@mantine/core": [/^apps\/console\/src\//],
  "@mantine/hooks": [/^apps\/console\/src\//],
  "@mantine/spotlight": [/^apps\/console\/src\//],
  "@tabler/icons-react": [/^apps\/console\/src\//],
  vite: [/^tools\/(build|architecture)\//, /^apps\/console\/vite\.config\.ts$/],
  "@vitejs/plugin-react": [/^apps\/console\/vite\.config\.ts$/],
  // ACME: JWS by jose, attestation objects by a strict CBOR reader; the virtual Mac speaks both.
  jose: [/^apps\/server\/src\/features\/acme\//, /^testkit\//],
  cbor2: [/^apps\/server\/src\/features\/acme\//, /^testkit\//],
  yaml: [/^tools\//],
  esbuild: [/^tools\/build\//, /^apps\/agent\/build\.ts$/],
};

/** Libraries for tests, testkit's walks and benchmarks only. */
export const TEST_LIBRARIES: readonly string[] = [
  "fast-check",
  "playwright-core",
  "@axe-core/playwright",
  "@peculiar/x509",
  "reflect-metadata",
  "acme-client",
];

/** Node's modules that belong to few places although their room may use Node. */
export const NODE_MODULES: Readonly<Record<string, readonly RegExp[]>> = {
  "node:sqlite": [/^apps\/server\/src\/adapters\/store\//, /^apps\/agent\/src\//, /^testkit\//, /^bench\//],
};

/** Single edges that no row allows, each with its reason. `types` means that only `import type` is excused. */
export const EXCEPTIONS: readonly { from: RegExp; to: string; types: boolean; reason: string }[] = [
  {
    from: /^apps\/server\/src\/kernel\/store\.ts$/,
    to: "kysely",
    types: true,
    reason:
      "the scope-bound store handle is typed by the query builder that every .sql.ts gets; no code of it is loaded",
  },
];

/** Kinds of edges that any file of the feature may import: rows are reached through the transaction (decision 0005). */
export const CORE_MAY_IMPORT: readonly string[] = [".sql.ts"];

/** Hand-written files that may be longer than MAX_LINES, each with its reason. */
export const LONG_FILES: Readonly<Record<string, string>> = {};

export const MAX_LINES = 400;
/** The kernel stays small enough to be read in one sitting: files without tests. */
export const MAX_KERNEL_FILES = 10;

export const BANNED_FOLDERS: readonly string[] = ["utils", "util", "common", "shared", "misc", "helpers", "helper"];
/** Endings of file names (kebab) and of exported names (Pascal) that say nothing about the thing. */
export const BANNED_ENDINGS: readonly string[] = ["manager", "helper", "helpers", "util", "utils", "service", "impl"];
