import type { DatabaseSync, StatementSync } from "node:sqlite";

/** A transaction that waits for its turn; `run` gives undefined to be undone, and has then answered its caller itself. */
export interface Member {
  readonly run: () => Promise<boolean>;
  readonly committed: () => void;
  readonly lost: (error: unknown) => void;
}

const LARGEST_GROUP = 256;
const LONGEST_GROUP_MS = 25;

/**
 * Lets transactions that are ready together share one commit: each runs in a savepoint of its own, alone; the group is
 * committed when nobody waits, or when it is large or old enough. Durability then costs one fsync per group.
 */
export class GroupCommit {
  readonly #database: DatabaseSync;
  /** Prepared once: they are run for every transaction. */
  readonly #begin: StatementSync;
  readonly #release: StatementSync;
  #waiting: Member[] = [];
  #isRunning = false;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#begin = database.prepare("SAVEPOINT member");
    this.#release = database.prepare("RELEASE member");
  }

  join(member: Member): void {
    this.#waiting.push(member);
    if (this.#isRunning) return;
    this.#isRunning = true;
    // Not at once: what else arrived in this turn of the loop shall be in the same group.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) await this.#group();
    this.#isRunning = false;
  }

  async #group(): Promise<void> {
    const members: Member[] = [];
    try {
      this.#database.exec("BEGIN IMMEDIATE");
    } catch (error) {
      for (const member of this.#waiting.splice(0)) member.lost(error);
      return;
    }
    const begun = performance.now();
    /** All that took part; who was undone on its own has its answer already, and a second one changes nothing. */
    const group: Member[] = [];
    try {
      while (
        this.#waiting.length > 0 &&
        members.length < LARGEST_GROUP &&
        performance.now() - begun < LONGEST_GROUP_MS
      ) {
        const member = this.#waiting.shift()!;
        group.push(member);
        this.#begin.run();
        const isKept = await member.run();
        // On a full or failing disk SQLite ends the whole transaction by itself, savepoints and all.
        if (!this.#database.isTransaction) throw new Error("The store undid the transaction. Is its disk full?");
        if (!isKept) this.#database.exec("ROLLBACK TO member");
        this.#release.run();
        if (isKept) members.push(member);
      }
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      for (const member of group) member.lost(error);
      return;
    }
    for (const member of members) member.committed();
  }
}
