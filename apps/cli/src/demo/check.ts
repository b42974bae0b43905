import type { DemoOptions } from "../main.ts";
export async function check(_: DemoOptions): Promise<void> {
  throw new Error("not built yet");
}
