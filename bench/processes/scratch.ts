import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where benchmarks leave and make files: not in the repository's history. */
export const CACHE = fileURLToPath(new URL("../../.cache/bench/", import.meta.url));

/** A new folder on the disk of the repository (a system's temporary folder may be memory), gone when disposed. */
export function openScratch(): Disposable & { readonly folder: string } {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(`${CACHE}run-`);
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
