import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Files } from "./resolve.ts";

const FOLDERS = ["packages", "apps", "testkit", "bench", "tools"];
const OUTSIDE = /(^|\/)(node_modules|dist|\.[^/]+)(\/|$)/;
const READ = /(\.(tsx?|mjs|mts)|\/package\.json)$/;

/** The hand-written files of the repository and the workspaces' package.json, by path relative to `root`. */
export async function readSources(root: string): Promise<Files> {
  const files = new Map<string, string>();
  for (const folder of FOLDERS) {
    const entries = await readdir(path.join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const file = path.relative(root, path.join(entry.parentPath, entry.name));
      if (entry.isFile() && READ.test(file) && !OUTSIDE.test(file))
        files.set(file, await readFile(path.join(root, file), "utf8"));
    }
  }
  return files;
}
