import { closeSync, fdatasync, openSync } from "node:fs";
import { promisify } from "node:util";

const syncData = promisify(fdatasync);

/**
 * Puts SQLite's write-ahead log on the disk from Node's thread pool, so that the next group runs while the disk writes the one
 * before it. The database itself is told not to (`synchronous = NORMAL`): it would stop the whole process for each group.
 */
export class LogSync {
  readonly #file: string;
  #handle: number | undefined;

  /** @param file of the database; its log lies beside it for as long as a connection is open */
  constructor(file: string) {
    this.#file = `${file}-wal`;
  }

  /**
   * Resolves when all that was committed before the call is on the disk.
   * @throws what the disk says; what it then holds is unknown, so nothing later may be answered either
   */
  async sync(): Promise<void> {
    this.#handle ??= openSync(this.#file, "r+");
    await syncData(this.#handle);
  }

  close(): void {
    if (this.#handle !== undefined) closeSync(this.#handle);
    this.#handle = undefined;
  }
}
