import { readProfiler } from "./read-profiler.ts";
import type { ToolBox } from "./run-tool.ts";
import { clipText } from "./text.ts";

export interface Hardware {
  readonly serialNumber?: string;
  /** The identifier, like `Mac15,3`. */
  readonly model?: string;
  readonly processor?: string;
}

/** `system_profiler -json SPHardwareDataType`. Intel Macs name their processor `cpu_type`. */
export async function readHardware(tools: ToolBox): Promise<Hardware> {
  const row = (await readProfiler(tools, "SPHardwareDataType"))?.[0] ?? {};
  const serialNumber = clipText(row["serial_number"], 64);
  const model = clipText(row["machine_model"], 128);
  const processor = clipText(row["chip_type"] ?? row["cpu_type"], 128);
  return {
    ...(serialNumber ? { serialNumber } : {}),
    ...(model ? { model } : {}),
    ...(processor ? { processor } : {}),
  };
}
