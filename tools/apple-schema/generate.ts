/**
 * Writes packages/apple-schema/src/tables from the folder of a release of Apple's device management schema:
 * `node tools/apple-schema/generate.ts <folder>`. Only facts are kept: no description, title or note of Apple's.
 */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { root } from "../root.ts";
import { printTables } from "./print-tables.ts";
import { readRelease } from "./read-release.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node tools/apple-schema/generate.ts <folder of Apple's release>");
  process.exitCode = 2;
} else {
  const release = await readRelease(folder);
  if ([...release.values()].every(({ size }) => size === 0)) throw new Error(`${folder} holds no release`);
  const target = path.join(root, "packages/apple-schema/src/tables");
  await mkdir(target, { recursive: true });
  for (const [file, text] of printTables(release)) await writeFile(path.join(target, file), text);
  for (const [kind, entries] of release) {
    const known = [...entries.values()].filter((variants) => variants.some(({ os }) => os.introduced !== null));
    console.log(`${kind}: ${entries.size}, of which macOS has or had ${known.length}`);
  }
}
