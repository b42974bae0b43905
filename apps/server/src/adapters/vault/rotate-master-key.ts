import { existsSync } from "node:fs";
import path from "node:path";
import { writeDurably } from "./durable-file.ts";
import { FileVault, type FileVaultOptions } from "./file-vault.ts";
import { NEXT_MASTER_FILE, newMasterText } from "./master-key.ts";

/**
 * Puts a new master key in the place of the one in the folder, and wraps all data keys with it. Opening the vault does the work, so
 * that a change that was cut off is carried through by whoever opens it next. Nobody else may have the folder open.
 */
export function rotateMasterKey(options: Pick<FileVaultOptions, "dir" | "step">): void {
  const next = path.join(options.dir, NEXT_MASTER_FILE);
  const wasCutOff = existsSync(next);
  // Also says what is wrong before anything is changed.
  new FileVault(options);
  if (wasCutOff) return;
  writeDurably(next, newMasterText(), options.step);
  new FileVault(options);
}
