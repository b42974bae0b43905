import type { ToolBox } from "./run-tool.ts";

/** `csrutil status`: whether System Integrity Protection is on. A custom configuration counts as unknown. */
export async function readSip(tools: ToolBox): Promise<boolean | undefined> {
  const { stdout } = await tools.run("/usr/bin/csrutil", ["status"]);
  if (/^System Integrity Protection status: enabled\.?\s*$/m.test(stdout)) return true;
  return /^System Integrity Protection status: disabled\.?\s*$/m.test(stdout) ? false : undefined;
}
