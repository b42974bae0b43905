import { closeSync, existsSync, fsyncSync, openSync, renameSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Called before each step on the disk. Tests end the process there, as a power cut would. */
export type DiskStep = (step: string) => void;

/** Puts a whole new file in the place of the old one: after a power cut there is the one or the other, never a part. */
export function writeDurably(file: string, text: string, step: DiskStep = () => {}): void {
  const fresh = `${file}.new`;
  const name = path.basename(file);
  step(`open ${name}`);
  const handle = openSync(fresh, "w", 0o600);
  try {
    step(`write ${name}`);
    // Not writeSync, which on a disk that is nearly full writes a part and says so only by its result.
    writeFileSync(handle, text);
    step(`sync ${name}`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  moveDurably(fresh, file, step);
}

/** Renames over what is there, and has the folder know it after a power cut. */
export function moveDurably(from: string, to: string, step: DiskStep = () => {}): void {
  step(`rename ${path.basename(to)}`);
  renameSync(from, to);
  step(`sync the folder of ${path.basename(to)}`);
  const folder = openSync(path.dirname(to), "r");
  fsyncSync(folder);
  closeSync(folder);
}

/** @throws Error with the command that mends it, when others than the owner may read or write the file */
export function refuseOpenFile(file: string): void {
  if (!existsSync(file)) return;
  const mode = statSync(file).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  throw new Error(
    `${file} can be read by others than its owner (mode ${mode.toString(8).padStart(4, "0")}). Keys are for the server alone: ` +
      `run  chmod 600 '${file}'  and replace the key, if somebody else may have read it.`,
  );
}
