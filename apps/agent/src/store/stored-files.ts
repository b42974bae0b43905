import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { StoredFiles } from "./agent-store.ts";

const MAX_BYTES = 64 * 1024 * 1024;

/** Files of a folder, each replaced by rename after its bytes and before its folder reached the disk. */
export function openStoredFiles(folder: string): StoredFiles {
  return {
    read(name) {
      const file = join(folder, name);
      try {
        return statSync(file).size > MAX_BYTES ? undefined : readFileSync(file, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    write(name, text) {
      const file = join(folder, name);
      const fresh = `${file}.new`;
      rmSync(fresh, { force: true });
      const handle = openSync(fresh, "wx", 0o600);
      try {
        const bytes = Buffer.from(text, "utf8");
        for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
      renameSync(fresh, file);
      syncFolder(folder);
    },
    remove(name) {
      rmSync(join(folder, name), { force: true });
      syncFolder(folder);
    },
  };
}

/** Without it a power cut can undo a rename that was already relied on. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
