import type { ToolBox } from "./run-tool.ts";

/** `fdesetup status`: whether FileVault is on. Undefined when it does not say. */
export async function readFileVault(tools: ToolBox): Promise<boolean | undefined> {
  const { stdout } = await tools.run("/usr/bin/fdesetup", ["status"]);
  if (/^FileVault is On\./m.test(stdout)) return true;
  return /^FileVault is Off\./m.test(stdout) ? false : undefined;
}
