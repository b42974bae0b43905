import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "vite";
import { alone } from "../entry/alone.mjs";

/** What the built console is made of: its own folder, the packages that it bundles, and the exact third-party versions. */
const SOURCES = [
  "apps/console",
  "packages/contract",
  "packages/facts",
  "packages/rules",
  "package-lock.json",
  "tsconfig.json",
  "tsconfig.console.json",
];
const IGNORED = /(^|\/)(node_modules|dist|\.dist-\d+)(\/|$)|\.test\.tsx?$/;
const STAMP = "built-from.txt";

/**
 * Builds apps/console into its dist folder unless that was built from the same bytes. Answers whether it built.
 * The new folder takes the old one's place whole, so that a running server never serves half of each.
 */
export async function ensureConsoleBuilt(root: string): Promise<boolean> {
  const folder = path.join(root, "apps/console");
  if (!existsSync(path.join(folder, "index.html"))) return false;
  const lock = path.join(root, ".cache", "console.lock");
  return alone(lock, "another command builds the console; waiting for it", async () => {
    const dist = path.join(folder, "dist");
    const wanted = await contentHash(root);
    if ((await readFile(path.join(dist, STAMP), "utf8").catch(() => undefined)) === wanted) return false;
    process.stderr.write("pomona: building the console\n");
    const fresh = path.join(folder, `.dist-${process.pid}`);
    try {
      await build({ root: folder, logLevel: "warn", build: { outDir: fresh, emptyOutDir: true } });
      await writeFile(path.join(fresh, STAMP), wanted);
      await rm(dist, { recursive: true, force: true });
      await rename(fresh, dist);
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
    return true;
  });
}

async function contentHash(root: string): Promise<string> {
  const hash = createHash("sha256");
  for (const source of SOURCES) {
    for (const file of await filesOf(root, source)) {
      const bytes = await readFile(path.join(root, file));
      hash.update(`${file}\0${bytes.length}\0`).update(bytes);
    }
  }
  return hash.digest("hex");
}

async function filesOf(root: string, source: string): Promise<readonly string[]> {
  const entries = await readdir(path.join(root, source), { recursive: true, withFileTypes: true }).catch(
    () => undefined,
  );
  if (entries === undefined) return existsSync(path.join(root, source)) ? [source] : [];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((file) => !IGNORED.test(file))
    .sort();
}
