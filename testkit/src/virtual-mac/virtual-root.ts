import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";

/** The disk of one virtual Mac: a folder in which `/Library/...` and the rest of macOS's paths live. It outlives a loss of power. */
export interface VirtualRoot {
  /** The real folder. */
  readonly folder: string;
  /** Where a path of the Mac really lies. `..` cannot lead out. */
  real(macPath: string): string;
  /** The Mac's path of a real one; undefined outside of the folder. */
  virtual(realPath: string): string | undefined;
  read(macPath: string): Promise<Uint8Array | undefined>;
  exists(macPath: string): Promise<boolean>;
  /** Replaces the file in one step, making its folders. `mode` defaults to 0644. */
  write(macPath: string, bytes: Uint8Array | string, mode?: number): Promise<void>;
  remove(macPath: string): Promise<void>;
}

export async function openVirtualRoot(folder: string): Promise<VirtualRoot> {
  await mkdir(folder, { recursive: true });
  const real = (macPath: string): string => join(folder, normalize(join("/", macPath)));
  return {
    folder,
    real,
    virtual: (realPath) =>
      realPath === folder ? "/" : realPath.startsWith(`${folder}/`) ? realPath.slice(folder.length) : undefined,
    read: async (macPath) => {
      try {
        return await readFile(real(macPath));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    exists: async (macPath) => {
      try {
        await stat(real(macPath));
        return true;
      } catch {
        return false;
      }
    },
    write: async (macPath, bytes, mode = 0o644) => {
      const target = real(macPath);
      await mkdir(dirname(target), { recursive: true });
      const next = join(dirname(target), `.next-${randomUUID()}`);
      await writeFile(next, bytes, { mode });
      await rename(next, target);
    },
    remove: (macPath) => rm(real(macPath), { recursive: true, force: true }),
  };
}
