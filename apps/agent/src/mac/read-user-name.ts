import type { ToolBox } from "./run-tool.ts";
import { clipText } from "./text.ts";

/** `id -un UID`: the account's short name, also of one that a directory knows; undefined when nobody has this id. */
export async function readUserName(tools: ToolBox, uid: number): Promise<string | undefined> {
  const { code, stdout } = await tools.run("/usr/bin/id", ["-un", String(uid)], { timeoutMs: 5_000 });
  return code === 0 ? clipText(stdout, 256) : undefined;
}
