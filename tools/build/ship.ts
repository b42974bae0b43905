import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

/** What ships as one file, because Node does not strip types inside node_modules: output name -> entry. */
export const SHIPPED = {
  "pomona.mjs": "apps/cli/src/main.ts",
  "pomona-agent.mjs": "apps/agent/src/main.ts",
} as const;

/** CommonJS libraries inside an ES module bundle still ask for `require`. */
const BANNER =
  'import { createRequire as __pomonaRequire } from "node:module"; const require = __pomonaRequire(import.meta.url);';

/** Bundles the named entries, where they exist, into `dist/`; answers the paths it wrote, relative to the root. */
export async function bundleWhatShips(
  root: string,
  names: readonly string[] = Object.keys(SHIPPED),
): Promise<readonly string[]> {
  const { version } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as { version: string };
  const written: string[] = [];
  for (const [name, entry] of Object.entries(SHIPPED)) {
    if (!names.includes(name) || !existsSync(path.join(root, entry))) continue;
    const outfile = path.join("dist", name);
    await build({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: "node",
      target: "node24",
      format: "esm",
      sourcemap: "linked",
      banner: { js: BANNER },
      define: { POMONA_VERSION: JSON.stringify(version) },
      logLevel: "warning",
    });
    written.push(outfile);
  }
  return written;
}
