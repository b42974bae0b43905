import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * Bundles the agent into one ES module that needs nothing beside a Node of the same major version or newer; it is the sensor
 * too, with `--sensor`. It must run from a folder without node_modules, so nothing is left outside but Node itself.
 * @param outFile absolute path of the `agent.mjs` to write
 */
export async function buildAgentBundle(outFile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL("src/main.ts", import.meta.url))],
    outfile: outFile,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    minifySyntax: true,
    legalComments: "none",
    logLevel: "error",
    // Packages in CommonJS ask for Node's own modules by `require`.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
}
