import { cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Fault } from "./fault.ts";

const TREES = ["packages", "apps", "testkit", "fixtures"];
const FILES = ["package.json"];
const isLeftOut = (name: string): boolean => name === "node_modules" || name === "dist" || name === "screenshots";

/**
 * A copy of the sources in which faults can be planted. Libraries are those of the repository, by links; the workspaces' own
 * links lead into the copy. (Node strips types only outside node_modules, so the packages must not lie there themselves.)
 */
export class WorkingCopy implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async of(root: string): Promise<WorkingCopy> {
    const folder = await mkdtemp(path.join(tmpdir(), "pomona-faults-"));
    for (const name of [...TREES, ...FILES]) {
      const filter = (source: string): boolean => !isLeftOut(path.basename(source));
      await cp(path.join(root, name), path.join(folder, name), { recursive: true, filter });
    }
    await linkModules(path.join(root, "node_modules"), path.join(folder, "node_modules"));
    return new WorkingCopy(folder);
  }

  /** Plants a fault. @returns what takes it out again @throws Error when the text is not there exactly once */
  async plant(fault: Fault): Promise<() => Promise<void>> {
    const file = path.join(this.folder, fault.file);
    const text = await readFile(file, "utf8");
    const planted = faultyText(text, fault);
    await writeFile(file, planted);
    return () => writeFile(file, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** @throws Error when `find` is not there exactly once */
export function faultyText(text: string, { file, find, replace }: Fault): string {
  const times = text.split(find).length - 1;
  if (times !== 1) throw new Error(`${file} has the text ${times} times, not once: ${find}`);
  return text.replace(find, () => replace);
}

async function linkModules(from: string, to: string): Promise<void> {
  await mkdir(path.join(to, "@pomona"), { recursive: true });
  for (const name of await readdir(from))
    if (name !== "@pomona") await symlink(path.join(from, name), path.join(to, name));
  for (const name of await readdir(path.join(from, "@pomona")))
    await symlink(await readlink(path.join(from, "@pomona", name)), path.join(to, "@pomona", name));
}
