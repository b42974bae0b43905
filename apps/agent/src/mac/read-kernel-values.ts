import type { ToolBox } from "./run-tool.ts";
import { clipText } from "./text.ts";

export interface KernelValues {
  /** Epoch ms. */
  readonly bootedAt?: number;
  readonly memoryBytes?: number;
  readonly processor?: string;
  /** Changes with every start of the Mac. */
  readonly bootSession?: string;
}

const NAMES = ["kern.boottime", "hw.memsize", "machdep.cpu.brand_string", "kern.bootsessionuuid"];

/** `sysctl -n` of four names: a line each, a name that this kernel does not have is left out, so lines are told by their form. */
export async function readKernelValues(tools: ToolBox): Promise<KernelValues> {
  const { stdout } = await tools.run("/usr/sbin/sysctl", ["-n", ...NAMES]);
  let values: KernelValues = {};
  for (const line of stdout.split("\n").slice(0, 16)) {
    const text = clipText(line, 128);
    if (text === undefined) continue;
    const boot = /^\{ sec = (\d{1,12}), usec = (\d{1,6}) \}/.exec(text);
    if (boot !== null) values = { ...values, bootedAt: Number(boot[1]) * 1000 + Math.floor(Number(boot[2]) / 1000) };
    else if (/^\d{6,18}$/.test(text)) values = { ...values, memoryBytes: Number(text) };
    else if (/^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/i.test(text)) values = { ...values, bootSession: text };
    else values = { ...values, processor: text };
  }
  return values;
}
