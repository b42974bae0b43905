import { Worker } from "node:worker_threads";

/** Commits after which the log is copied into the database. */
const COMMITS = 4000;

/** Runs in the thread; plain JavaScript, because a bundle has no second file to point at. */
const THREAD = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { DatabaseSync } = require("node:sqlite");
  const database = new DatabaseSync(workerData.file, { timeout: 5000 });
  parentPort.on("message", () => {
    try {
      database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch {
      // Busy or full: the next request tries again, and the log keeps everything until then.
    }
  });
`;

/**
 * Copies SQLite's write-ahead log into the database from a thread of its own. The writer would do it inside a commit, and
 * every request of the server would wait for it, for tens of milliseconds. The thread starts when there is something to copy.
 */
export class Checkpointer {
  readonly #file: string;
  #commits = 0;
  #thread: Worker | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** After each commit. */
  committed(): void {
    this.#commits += 1;
    if (this.#commits < COMMITS) return;
    this.#commits = 0;
    this.#thread ??= this.#start();
    this.#thread.postMessage("checkpoint");
  }

  close(): void {
    void this.#thread?.terminate();
  }

  #start(): Worker {
    const thread = new Worker(THREAD, { eval: true, workerData: { file: this.#file }, execArgv: [] });
    // Without it the writer copies by itself, later: see wal_autocheckpoint.
    thread.on("error", () => {
      this.#thread = undefined;
    });
    thread.unref();
    return thread;
  }
}
