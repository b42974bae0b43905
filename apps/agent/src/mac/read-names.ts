import type { ToolBox } from "./run-tool.ts";
import { clipText } from "./text.ts";

/** `scutil --get`: the computer's name or its local host name; undefined when it is not set. */
export async function readName(tools: ToolBox, which: "ComputerName" | "LocalHostName"): Promise<string | undefined> {
  const { code, stdout } = await tools.run("/usr/sbin/scutil", ["--get", which]);
  return code === 0 ? clipText(stdout, 256) : undefined;
}
