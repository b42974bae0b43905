import type { ToolBox } from "./run-tool.ts";

/** `stat -f %u /dev/console`: the uid of who sits at the Mac; undefined at the login window, where it is root's. */
export async function readConsoleUser(tools: ToolBox): Promise<number | undefined> {
  const { code, stdout } = await tools.run("/usr/bin/stat", ["-f", "%u", "/dev/console"]);
  const uid = /^\d{1,10}$/.test(stdout.trim()) ? Number(stdout.trim()) : 0;
  return code === 0 && uid > 0 ? uid : undefined;
}
