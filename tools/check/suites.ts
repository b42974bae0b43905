import path from "node:path";
import { root } from "../root.ts";

/** Test files that run in one call of the runner, with its flags. */
export interface Suite {
  readonly name: string;
  readonly flags: readonly string[];
  /** Whether a file belongs here; the first suite that claims a file has it. */
  readonly claims?: (file: string) => boolean;
  /** Files that run here a second time, on top of the suite that has them. */
  readonly also?: (file: string) => boolean;
  /** It uses the console and the agent as they were built: they are built anew when their sources have changed. */
  readonly usesBuilt?: true;
  /** Another Node than the one that runs the check. */
  readonly node?: () => string;
}

const SECONDS = (n: number): string => `--test-timeout=${n * 1000}`;
const isBrowser = (file: string): boolean => file.endsWith(".browser.test.ts");
const isWalk = (file: string): boolean => file.startsWith("testkit/walks/");
/** packages/pki/node is the one room under packages that is not pure. */
const isPure = (file: string): boolean => file.startsWith("packages/") && !file.startsWith("packages/pki/node/");
const isAgent = (file: string): boolean => file.startsWith("apps/agent/");

/** In the order in which they run: fast first. Isolation costs a process per file, which pure tests do not need. */
export const SUITES: readonly Suite[] = [
  {
    name: "pure packages",
    flags: ["--test-isolation=none", SECONDS(120)],
    claims: (file) => isPure(file) && !isBrowser(file),
  },
  {
    name: "apps and tools",
    flags: ["--test-concurrency=2", SECONDS(120)],
    claims: (file) => !isBrowser(file) && !isWalk(file),
  },
  {
    name: "agent on Node 26",
    flags: ["--test-concurrency=2", SECONDS(120)],
    also: (file) => isAgent(file) && !isBrowser(file),
    node: () => path.join(root, `node_modules/node26-${process.platform}-${process.arch}/bin/node`),
  },
  { name: "walks", flags: ["--test-concurrency=1", SECONDS(180)], claims: isWalk, usesBuilt: true },
  { name: "browser", flags: ["--test-concurrency=1", SECONDS(180)], claims: isBrowser, usesBuilt: true },
];

/** The suite that a test file runs in. */
export const suiteOf = (file: string): Suite | undefined => SUITES.find((suite) => suite.claims?.(file) ?? false);
