import type { ToolBox } from "./run-tool.ts";

/** The rows of one data type of `system_profiler -json`; undefined when it printed none. */
export async function readProfiler(
  tools: ToolBox,
  type: "SPHardwareDataType" | "SPApplicationsDataType",
): Promise<readonly Readonly<Record<string, unknown>>[] | undefined> {
  const limits = { timeoutMs: 120_000, maxBytes: 16 * 1024 * 1024 };
  const { stdout } = await tools.run("/usr/sbin/system_profiler", ["-json", type], limits);
  try {
    const document = JSON.parse(stdout) as Readonly<Record<string, unknown>> | null;
    const rows: unknown = document?.[type];
    return Array.isArray(rows) ? rows.filter(isRecord) : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
