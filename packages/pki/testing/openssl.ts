import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

/** A folder for one test file, removed when its tests are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pomona-pki-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs openssl, the independent oracle, and returns its standard output; its complaints become the error. */
export function openssl(folder: string, args: readonly string[], input?: Uint8Array): Buffer {
  return execFileSync("openssl", args, {
    cwd: folder,
    input: input ?? "",
    stdio: ["pipe", "pipe", "pipe"],
    timeout: 60_000,
  });
}

/** Whether openssl ends without an error. */
export function opensslAgrees(folder: string, args: readonly string[]): boolean {
  return spawnSync("openssl", args, { cwd: folder, stdio: "ignore", timeout: 60_000 }).status === 0;
}

/** Writes bytes or text into the folder and returns the name. */
export function put(folder: string, name: string, content: Uint8Array | string): string {
  writeFileSync(join(folder, name), content);
  return name;
}
