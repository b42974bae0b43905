import type { DatabaseSync, StatementSync } from "node:sqlite";

/** A transaction that waits for its turn; `run` gives undefined to be undone, and has then answered its caller itself. */
export interface Member {
  readonly run: () => Promise<boolean>;
  readonly committed: () => void;
  readonly lost: (error: unknown) => void;
}

const LARGEST_GROUP = 256;
const LONGEST_GROUP_MS = 25;
/** How long a group waits for as many members as the one before it had. */
const PATIENCE_MS = 1;

/**
 * Lets transactions that are ready together share one commit: each runs in a savepoint of its own, alone; the group is
 * committed when nobody waits, or when it is large or old enough. Durability then costs one fsync per group.
 */
export class GroupCommit {
  readonly #database: DatabaseSync;
  readonly #onCommit: () => void;
  /** Prepared once: they are run for every transaction. */
  readonly #begin: StatementSync;
  readonly #release: StatementSync;
  #waiting: Member[] = [];
  #isRunning = false;
  /** How many the last groups had, falling slowly, so that one small group does not end the waiting. */
  #lastSize = 0;

  /** @param onCommit after each group that was kept */
  constructor(database: DatabaseSync, onCommit: () => void = () => {}) {
    this.#database = database;
    this.#onCommit = onCommit;
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
        members.length < LARGEST_GROUP &&
        performance.now() - begun < LONGEST_GROUP_MS &&
        (this.#waiting.length > 0 || (await this.#comesMore(begun, group.length)))
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
      this.#lastSize = Math.max(group.length, Math.floor(this.#lastSize / 2));
      this.#database.exec("COMMIT");
    } catch (error) {
      // Who closes the store while a group waits for its commit has lost that group, and its members are told.
      if (this.#database.isOpen && this.#database.isTransaction) this.#database.exec("ROLLBACK");
      for (const member of group) member.lost(error);
      return;
    }
    for (const member of members) member.committed();
    this.#onCommit();
  }

  /**
   * Gives the loop turns, so that requests that are in the sockets by now join this group and share its commit, which costs
   * more than all their statements. As many are waited for as came last time, and not for long; one alone waits for nobody.
   */
  async #comesMore(begun: number, size: number): Promise<boolean> {
    while (size < this.#lastSize && performance.now() - begun < PATIENCE_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#waiting.length > 0) return true;
    }
    return false;
  }
}
