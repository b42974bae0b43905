import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { installedPackages, isAllowed, LICENCE_EXCEPTIONS, mayStay } from "./census/licences.ts";
import { repositoryFiles, textOf } from "./census/repository.ts";
import { BANNED_WORDS, bannedWordsIn } from "./census/words.ts";
import { missingFromLock, platformEntry } from "./complete-lock.ts";
import { root } from "./root.ts";

const files = await repositoryFiles();
const isSource = (file: string): boolean => /\.(tsx?|mts|mjs)$/.test(file);
const foldersOf = (pattern: RegExp): readonly string[] => [
  ...new Set(files.flatMap((file) => pattern.exec(file)?.[1] ?? [])),
];

test("no identifier uses a word that the glossary bans", async () => {
  const faults: string[] = [];
  for (const file of files.filter(isSource)) {
    if (file.startsWith("tools/census")) continue;
    faults.push(...bannedWordsIn((await textOf(file)) ?? "").map((fault) => `${file}: ${fault}`));
  }
  assert.deepEqual(faults, []);
});

test("the census of words finds a banned identifier and leaves prose, strings and Apple's names alone", () => {
  assert.deepEqual(bannedWordsIn("const machineId = 1;"), ["machineId: say device"]);
  assert.deepEqual(bannedWordsIn("const depToken = read();"), ["depToken: say ADE, ABM or MDM server token"]);
  assert.deepEqual(bannedWordsIn('// machineId\n/* depToken */ const text = "machineId"; const dependency = 1;'), []);
  assert.ok(BANNED_WORDS.length > 0);
});

test("no text names a package registry's host", async () => {
  assert.deepEqual(await filesWith(/registry\.(npmjs|yarnpkg|npmmirror)\.|proxy\.golang\.|npm\.pkg\.github\./), []);
});

test("no text names a folder of the machine that it was written on", async () => {
  assert.deepEqual(await filesWith(/(^|[\s"'`(=:])\/(work|root)\/[a-z.]/m), []);
});

test("package-lock.json names no host to fetch from", async () => {
  assert.doesNotMatch((await textOf("package-lock.json")) ?? "", /"resolved":\s*"(https?|git)/);
});

test("package-lock.json names the optional packages of every platform, without which npm ci refuses it", async () => {
  const lock = JSON.parse((await textOf("package-lock.json")) ?? "{}") as {
    packages: Parameters<typeof missingFromLock>[0];
  };
  assert.deepEqual([...missingFromLock(lock.packages).keys()], [], "run: node tools/complete-lock.ts");
  assert.deepEqual(platformEntry("@x/cli-linux-arm64-musl", "1.2.3"), {
    version: "1.2.3",
    cpu: ["arm64"],
    dev: true,
    libc: ["musl"],
    optional: true,
    os: ["linux"],
  });
});

test("every package and every feature has a README", () => {
  const folders = [...foldersOf(/^(packages\/[^/]+)\//), ...foldersOf(/^(apps\/server\/src\/features\/[^/]+)\//)];
  assert.ok(folders.length > 0);
  assert.deepEqual(
    folders.filter((folder) => !files.includes(`${folder}/README.md`)),
    [],
  );
});

test("every decision page has a title and a date, and its number is its own", async () => {
  const pages = files.filter((file) => file.startsWith("docs/decisions/"));
  assert.ok(pages.length > 0);
  for (const page of pages) {
    assert.match(page, /\/\d{4}-[a-z0-9-]+\.md$/);
    const text = (await textOf(page)) ?? "";
    assert.match(text, /^# \S.*\n/, `${page} begins with a title`);
    assert.match(text, /^Date: \d{4}-\d{2}-\d{2}$/m, `${page} has a line "Date: YYYY-MM-DD"`);
  }
  const numbers = pages.map((page) => path.basename(page).slice(0, 4));
  assert.equal(new Set(numbers).size, numbers.length);
});

test("every installed package has a licence that may stand beside Apache-2.0, or a reason to be here", async () => {
  const packages = await installedPackages(path.join(root, "node_modules"));
  assert.ok(packages.length > 100);
  assert.deepEqual(
    packages.filter((found) => !mayStay(found)),
    [],
  );
});

test("a licence expression is allowed when one side of OR or both sides of AND are", () => {
  assert.ok(isAllowed("(MIT OR GPL-3.0)"));
  assert.ok(isAllowed("Apache-2.0 AND BSD-3-Clause"));
  assert.ok(!isAllowed("MIT AND AGPL-3.0"));
  assert.ok(!isAllowed("none"));
  assert.ok(!mayStay({ name: "left-pad", licence: "MPL-2.0" }));
  assert.ok(LICENCE_EXCEPTIONS.every(({ reason }) => reason.length > 0));
});

test("every link between the repository's own pages leads to a file", async () => {
  const dead: string[] = [];
  for (const page of files.filter((file) => file.endsWith(".md"))) {
    for (const [, link] of ((await textOf(page)) ?? "").matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (link === undefined || /^[a-z]+:/.test(link)) continue;
      if (!existsSync(path.join(root, path.dirname(page), link))) dead.push(`${page}: ${link}`);
    }
  }
  assert.deepEqual(dead, []);
});

async function filesWith(pattern: RegExp): Promise<readonly string[]> {
  const found: string[] = [];
  for (const file of files) if (pattern.test((await textOf(file)) ?? "")) found.push(file);
  return found;
}
