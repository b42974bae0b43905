import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";

const SQLITE_BUSY = 5;

/**
 * Holds a data folder for one process. It is an exclusive SQLite lock, which the system lets go of when the process
 * ends in whatever way; a file with a pid in it would have to be believed.
 * @returns the function that lets go
 * @throws Error when another server works on this folder
 */
export function lockInstance(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path.join(dataDir, "instance.lock"), { timeout: 0 });
  try {
    // No journal: nothing is written here, and a full disk is no reason not to hold the folder.
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    if ((cause as { readonly errcode?: number }).errcode !== SQLITE_BUSY) throw cause;
    throw new Error(`Another Pomona server works on ${dataDir}. Stop it first, or give this one a folder of its own.`, {
      cause,
    });
  }
  return () => database.close();
}
