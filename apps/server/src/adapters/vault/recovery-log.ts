import { closeSync, existsSync, fsyncSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { RecoveryEntry, RecoveryLog } from "../../features/recovery/index.ts";

/** `recovery.jsonl` in the data folder: the command line adds to it, the server reads it. It holds no secret. */
export class FileRecoveryLog implements RecoveryLog {
  readonly #file: string;
  #seen = { size: -1, entries: [] as readonly RecoveryEntry[] };

  constructor(dataDir: string) {
    this.#file = path.join(dataDir, "recovery.jsonl");
  }

  readonly readFrom: RecoveryLog["readFrom"] = async (index) => {
    if (!existsSync(this.#file)) return [];
    const { size } = statSync(this.#file);
    if (size !== this.#seen.size) this.#seen = { size, entries: entriesOf(readFileSync(this.#file, "utf8")) };
    return this.#seen.entries.slice(index);
  };

  /** On the disk when it returns. */
  add(entry: RecoveryEntry): void {
    const handle = openSync(this.#file, "a", 0o600);
    try {
      // On a line of its own, also behind one that was left half written.
      writeFileSync(handle, `\n${JSON.stringify(entry)}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }
}

/** A line that a power cut left half written is no entry. */
function entriesOf(text: string): readonly RecoveryEntry[] {
  return text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as RecoveryEntry];
    } catch {
      return [];
    }
  });
}
