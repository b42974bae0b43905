/**
 * Writes packages/apple-schema/src/tables from the folder of a release of Apple's device management schema:
 * `node tools/apple-schema/generate.ts <folder>`; with `--check` it writes nothing and fails when a table differs. Only facts
 * are kept: no description, title or note of Apple's.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { root } from "../root.ts";
import { printTables } from "./print-tables.ts";
import { readRelease } from "./read-release.ts";

const folder = process.argv.slice(2).find((argument) => !argument.startsWith("--"));
if (folder === undefined) {
  console.error("usage: node tools/apple-schema/generate.ts <folder of Apple's release> [--check]");
  process.exitCode = 2;
} else {
  await generate(folder, process.argv.includes("--check"));
}

async function generate(source: string, isCheck: boolean): Promise<void> {
  const release = await readRelease(source);
  if ([...release.values()].every(({ size }) => size === 0)) throw new Error(`${source} holds no release`);
  for (const [kind, entries] of release) {
    const known = [...entries.values()].filter((variants) => variants.some(({ os }) => os.introduced !== null));
    console.log(`${kind}: ${entries.size}, of which macOS has or had ${known.length}`);
  }
  const target = path.join(root, "packages/apple-schema/src/tables");
  if (!isCheck) await mkdir(target, { recursive: true });
  for (const [file, text] of printTables(release)) {
    const present = await readFile(path.join(target, file), "utf8").catch(() => undefined);
    if (present === text) continue;
    console.log(isCheck ? `${file} is not what this release makes of it` : `wrote ${file}`);
    if (isCheck) process.exitCode = 1;
    else await writeFile(path.join(target, file), text);
  }
}
