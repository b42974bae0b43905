import type { MacFacts } from "./mac-tools.ts";
import type { ToolBox } from "./run-tool.ts";

type Disks = NonNullable<MacFacts["disks"]>;

/** Device, blocks, used, available, capacity, mount point; the mount point may have spaces. */
const ROW = /^(\/dev\/\S+)\s+(\d+)\s+(\d+)\s+(\d+)\s+\d+%\s+(\/.*)$/;

/**
 * `df -kP`: the start volume and what is mounted under /Volumes. The other volumes of the start container share its space
 * and would count it several times.
 */
export async function readDisks(tools: ToolBox): Promise<Disks | undefined> {
  const { stdout } = await tools.run("/bin/df", ["-kP"]);
  const disks: Disks = [];
  for (const line of stdout.split("\n")) {
    const [, , blocks, , available, mountPoint] = ROW.exec(line) ?? [];
    if (mountPoint === undefined || (mountPoint !== "/" && !mountPoint.startsWith("/Volumes/"))) continue;
    const name = mountPoint.slice(0, 256);
    disks.push({ name, sizeBytes: Number(blocks) * 1024, freeBytes: Number(available) * 1024 });
  }
  return disks.length === 0 ? undefined : disks.slice(0, 64);
}
