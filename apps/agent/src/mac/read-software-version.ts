import type { ToolBox } from "./run-tool.ts";
import { clipText, valueAfter } from "./text.ts";

/** `sw_vers`: the version of macOS and its build. */
export async function readSoftwareVersion(tools: ToolBox): Promise<{ osVersion?: string; buildVersion?: string }> {
  const { stdout } = await tools.run("/usr/bin/sw_vers", []);
  const osVersion = clipText(valueAfter(stdout, "ProductVersion"), 40);
  const buildVersion = clipText(valueAfter(stdout, "BuildVersion"), 40);
  return { ...(osVersion ? { osVersion } : {}), ...(buildVersion ? { buildVersion } : {}) };
}
