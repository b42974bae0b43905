import type { MacFacts } from "./mac-tools.ts";
import type { ToolBox } from "./run-tool.ts";

type Network = NonNullable<MacFacts["network"]>;

/** `ifconfig`: the interfaces with a hardware address, and their addresses. */
export async function readNetwork(tools: ToolBox): Promise<Network | undefined> {
  const { stdout } = await tools.run("/sbin/ifconfig", []);
  const found: Network = [];
  let current: Network[number] | undefined;
  for (const line of stdout.split("\n")) {
    const head = /^([a-z][a-z0-9.]{0,62}): flags=/i.exec(line);
    if (head?.[1] !== undefined) {
      current = { name: head[1], mac: "", addresses: [] };
      found.push(current);
    }
    const [, kind, value] = /^\s+(ether|inet6?)\s+([0-9a-f.:]{2,39})/i.exec(line) ?? [];
    if (current === undefined || value === undefined) continue;
    if (kind === "ether") current.mac = value.toLowerCase();
    else if (current.addresses.length < 32) current.addresses.push(value);
  }
  return stdout === "" ? undefined : found.filter(({ mac }) => mac !== "").slice(0, 64);
}
