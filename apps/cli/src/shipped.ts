import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Shipped } from "@pomona/server";

/** Set by the bundler to the package's version; from source it is read from there. */
declare const POMONA_VERSION: string | undefined;

const here = path.dirname(fileURLToPath(import.meta.url));
/** From source this file lies in apps/cli/src; in a bundle beside the files that ship with it. */
const isSource = existsSync(path.join(here, "../package.json"));
const root = isSource ? path.join(here, "../../..") : here;

export const version: string =
  typeof POMONA_VERSION === "string"
    ? POMONA_VERSION
    : (JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { version: string }).version;

/** The console and the agent that come with this program. */
export function shipped(): Shipped {
  const agentBundle = path.join(root, isSource ? "dist/pomona-agent.mjs" : "pomona-agent.mjs");
  return {
    version,
    consoleDir: path.join(root, isSource ? "apps/console/dist" : "console"),
    ...(existsSync(agentBundle) ? { agentBundle } : {}),
  };
}
