/**
 * Checks that the code follows the table in architecture/table.ts: `node tools/architecture.ts` prints every import,
 * cycle, name and length that it refuses.
 */
import { findCycles } from "./architecture/cycles.ts";
import { refuse } from "./architecture/edges.ts";
import { parseFile } from "./architecture/imports.ts";
import { layoutFaults, treeFaults } from "./architecture/layout.ts";
import { placeOf } from "./architecture/places.ts";
import { type Files, resolveImport } from "./architecture/resolve.ts";
import { readSources } from "./architecture/sources.ts";
import { root } from "./root.ts";

/** Every fault as one line, in the order of the files. `source` is a repository's folder, or its files by path. */
export async function checkArchitecture(source: string | Files): Promise<readonly string[]> {
  const files = typeof source === "string" ? await readSources(source) : source;
  const names = [...files.keys()].filter((file) => !file.endsWith(".json"));
  const faults: string[] = [...treeFaults(names)];
  const graph = new Map<string, readonly string[]>();
  for (const file of names) {
    const text = files.get(file) ?? "";
    const { imports, exportedNames, errors } = parseFile(file, text);
    const found = [...errors.map((error) => `does not parse: ${error}`), ...layoutFaults(file, text, exportedNames)];
    const edges: string[] = [];
    const from = placeOf(file);
    for (const edge of from === undefined ? [] : imports) {
      if (edge.specifier === undefined) {
        if (from?.room !== "tools" && from?.isTest !== true) found.push("a computed import cannot be checked");
        continue;
      }
      const target = resolveImport(files, file, edge.specifier);
      if (target.kind === "file") edges.push(target.file);
      const why = from === undefined ? undefined : refuse(from, edge, target);
      if (why !== undefined) found.push(`${edge.specifier}: ${why}`);
    }
    graph.set(file, edges);
    faults.push(...found.map((fault) => `${file}: ${fault}`));
  }
  for (const cycle of findCycles(graph)) faults.push(`import cycle: ${cycle.join(" -> ")}`);
  return faults;
}

if (import.meta.main) {
  const faults = await checkArchitecture(root);
  for (const fault of faults) console.error(fault);
  console.log(faults.length === 0 ? "every import is allowed by the table" : `${faults.length} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
