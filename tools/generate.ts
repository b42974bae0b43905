/**
 * Writes the files that are made from code: `node tools/generate.ts`; with `--check` it writes nothing and fails when a
 * file differs from what it would write. Adding a generator is one file in tools/generate/ and one line here.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { architectureTable } from "./generate/architecture-table.ts";
import { commandsPage } from "./generate/commands-page.ts";
import type { Generator } from "./generate/generator.ts";
import { protocolCases } from "./generate/protocol-cases.ts";
import { referencePages } from "./generate/reference-pages.ts";
import { settingsPage } from "./generate/settings-page.ts";
import { root } from "./root.ts";

const GENERATORS: readonly Generator[] = [architectureTable, referencePages, commandsPage, settingsPage, protocolCases];

const isCheck = process.argv.includes("--check");
let stale = 0;
for (const generator of GENERATORS) {
  for (const [file, text] of await generator(root)) {
    const target = path.join(root, file);
    const present = await readFile(target, "utf8").catch(() => undefined);
    if (present === text) continue;
    stale += 1;
    if (isCheck) {
      console.error(`${file} is not what its generator writes; run: node tools/generate.ts`);
      continue;
    }
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text);
    console.log(`wrote ${file}`);
  }
}
if (stale === 0) console.log("generated files are up to date");
process.exitCode = isCheck && stale > 0 ? 1 : 0;
