import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

/** What a demo has to find again at its second start, so that its Macs do: ports, the push service, tokens. */
export interface DemoState {
  readonly ports: { readonly api: number; readonly device: number; readonly agent: number };
  readonly apns: { readonly port: number; readonly rootPem: string; readonly keyPem: string };
  readonly token: string;
  readonly tenantTokens: readonly string[];
}

const fileIn = (folder: string): string => path.join(folder, "demo.json");

export async function readState(folder: string): Promise<DemoState | undefined> {
  const text = await readFile(fileIn(folder), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as DemoState);
}

/** For the owner alone: it holds tokens. */
export async function writeState(folder: string, state: DemoState): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(`${fileIn(folder)}.new`, JSON.stringify(state, null, 2), { mode: 0o600 });
  await rename(`${fileIn(folder)}.new`, fileIn(folder));
}
