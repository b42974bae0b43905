import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { root } from "../root.ts";

/** Every file that git tracks or would track, relative to the root: what a reader of the repository sees. */
export async function repositoryFiles(): Promise<readonly string[]> {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const { stdout } = await promisify(execFile)("git", args, { cwd: root, maxBuffer: 64 << 20 });
  return stdout.split("\0").filter((file) => file !== "");
}

/** The text of a repository file; undefined when it is binary or gone. */
export async function textOf(file: string): Promise<string | undefined> {
  const bytes = await readFile(path.join(root, file)).catch(() => undefined);
  return bytes === undefined || bytes.includes(0) ? undefined : bytes.toString("utf8");
}
