import type { ToolBox } from "./run-tool.ts";

const said = (text: string, what: string): boolean | null => {
  const [, word] = new RegExp(`Bootstrap Token ${what}: (YES|NO)`, "i").exec(text) ?? [];
  return word === undefined ? null : word.toUpperCase() === "YES";
};

/** `profiles status -type bootstraptoken`: whether the server takes a token, and whether it has this Mac's. */
export async function readBootstrapToken(tools: ToolBox) {
  const { stdout } = await tools.run("/usr/bin/profiles", ["status", "-type", "bootstraptoken"]);
  return { isSupported: said(stdout, "supported on server"), isEscrowed: said(stdout, "escrowed to server") };
}
