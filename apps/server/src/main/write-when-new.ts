import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** Writes a file that others read, whole or not at all: on a full disk what is there already stays, and is enough. */
export function writeWhenNew(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
