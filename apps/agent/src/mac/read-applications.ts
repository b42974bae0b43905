import { open } from "node:fs/promises";
import { join } from "node:path";
import { getString, isDictionary, parsePlist } from "@pomona/plist";
import type { MacApplication } from "./mac-tools.ts";
import { readProfiler } from "./read-profiler.ts";
import type { ToolBox } from "./run-tool.ts";
import { clipText } from "./text.ts";

const MAX_APPLICATIONS = 5000;
const MAX_INFO_BYTES = 1024 * 1024;

/**
 * `system_profiler -json SPApplicationsDataType`, with each bundle identifier from the application's own Info.plist, which
 * the profiler does not print. Undefined when the list could not be read.
 * @param root stands before every path; empty on a Mac
 */
export async function readApplications(tools: ToolBox, root: string): Promise<readonly MacApplication[] | undefined> {
  const rows = await readProfiler(tools, "SPApplicationsDataType");
  if (rows === undefined) return undefined;
  const applications: MacApplication[] = [];
  for (const row of rows.slice(0, MAX_APPLICATIONS)) {
    const path = clipText(row["path"], 1024);
    const name = clipText(row["_name"], 256);
    if (path === undefined || name === undefined) continue;
    const version = clipText(row["version"], 64) ?? "";
    applications.push({ name, version, path, bundleId: await bundleIdOf(join(root, path)) });
  }
  return applications.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Anyone may place an application: its Info.plist is untrusted and read within bounds. */
async function bundleIdOf(application: string): Promise<string> {
  try {
    await using file = await open(join(application, "Contents", "Info.plist"), "r");
    const { size } = await file.stat();
    if (size > MAX_INFO_BYTES) return "";
    const info = parsePlist(await file.readFile(), { maxBytes: MAX_INFO_BYTES, maxDepth: 32, maxNodes: 20_000 });
    return isDictionary(info) ? (clipText(getString(info, "CFBundleIdentifier"), 256) ?? "") : "";
  } catch {
    return "";
  }
}
