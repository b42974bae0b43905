import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { SENSOR_NODE_OPTIONS } from "@pomona/agent/sensors";

const CHILD = fileURLToPath(new URL("./memory-process.ts", import.meta.url));

/** Resident memory of a process of its own, started with the sensor's options, with 10,000 rules. */
export async function measureMemory(): Promise<{
  rssAfterTenthMillionEventsMB: number;
  rssAfterMillionEventsMB: number;
}> {
  const { stdout } = await promisify(execFile)(process.execPath, [...SENSOR_NODE_OPTIONS, CHILD]);
  return JSON.parse(stdout) as { rssAfterTenthMillionEventsMB: number; rssAfterMillionEventsMB: number };
}
