import type { DatabaseSync, StatementSync } from "node:sqlite";
import { LogNotSynced, TransactionUndone } from "./disk-fault.ts";
import type { LogSync } from "./log-sync.ts";

/** A transaction that waits for its turn; `run` gives false to be undone, and has then answered its caller itself. */
export interface Member {
  readonly run: () => Promise<boolean>;
  readonly committed: () => void;
  readonly lost: (error: unknown) => void;
}

const LARGEST_GROUP = 256;
const LONGEST_GROUP_MS = 25;
/** With one, everybody waits while a slow disk writes; with more, groups get so small that the processor is lost to commits. */
const SYNCS_AT_ONCE = 2;

/**
 * Lets transactions that are ready together share one commit: each runs in a savepoint of its own, alone. A group stays open
 * while the disk still writes the two before it, and is committed when nobody waits, or when it is large or old enough. Its
 * members are answered once its log is on the disk: durability costs one sync per group, and the processor does not wait for it.
 */
export class GroupCommit {
  readonly #database: DatabaseSync;
  readonly #log: Pick<LogSync, "sync">;
  readonly #onCommit: () => void;
  /** Prepared once: they are run for every transaction. */
  readonly #begin: StatementSync;
  readonly #release: StatementSync;
  #waiting: Member[] = [];
  #isRunning = false;
  /** Groups whose log is not on the disk yet. */
  #syncing = 0;
  #lastSync: Promise<void> = Promise.resolve();
  /** Ends the wait of an open group: somebody came, or the disk is done. */
  #stir: () => void = () => {};
  /** Why nothing is answered any more. */
  #fault: unknown;

  /** @param onCommit after each group that was kept */
  constructor(database: DatabaseSync, log: Pick<LogSync, "sync">, onCommit: () => void = () => {}) {
    this.#database = database;
    this.#log = log;
    this.#onCommit = onCommit;
    this.#begin = database.prepare("SAVEPOINT member");
    this.#release = database.prepare("RELEASE member");
  }

  join(member: Member): void {
    if (this.#fault !== undefined) {
      member.lost(this.#fault);
      return;
    }
    this.#waiting.push(member);
    this.#stir();
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
        (this.#waiting.length > 0 || (await this.#comesMore()))
      ) {
        const member = this.#waiting.shift()!;
        group.push(member);
        this.#begin.run();
        const isKept = await member.run();
        if (!this.#database.isTransaction) throw new TransactionUndone();
        if (!isKept) this.#database.exec("ROLLBACK TO member");
        this.#release.run();
        if (isKept) members.push(member);
      }
      this.#database.exec("COMMIT");
    } catch (error) {
      // Who closes the store while a group waits for its commit has lost that group, and its members are told.
      if (this.#database.isOpen && this.#database.isTransaction) this.#database.exec("ROLLBACK");
      for (const member of group) member.lost(error);
      return;
    }
    this.#onCommit();
    this.#answer(members);
  }

  /** Waits until somebody joins, for as long as the disk is busy with the group before. @returns whether somebody did */
  async #comesMore(): Promise<boolean> {
    while (this.#syncing >= SYNCS_AT_ONCE && this.#waiting.length === 0) {
      await new Promise<void>((resolve) => {
        this.#stir = resolve;
      });
    }
    return this.#waiting.length > 0;
  }

  /** Tells the members of a group once it is on the disk, and never before those of an earlier one. */
  #answer(members: readonly Member[]): void {
    this.#syncing += 1;
    const synced = this.#sync();
    // Whoever waits for the one before hears of a failure first.
    synced.catch(() => {});
    // What a disk says after it failed once is worth nothing.
    const trusted = () => {
      if (this.#fault !== undefined) throw this.#fault;
      return synced;
    };
    this.#lastSync = this.#lastSync
      .then(trusted)
      .then(trusted)
      .then(
        () => {
          for (const member of members) member.committed();
        },
        (error: unknown) => {
          for (const member of members) member.lost(error);
        },
      )
      .then(() => {
        this.#syncing -= 1;
        this.#stir();
      });
  }

  /** After a failure nobody knows what is on the disk: from then on nothing is answered until the next start. */
  async #sync(): Promise<void> {
    if (this.#fault !== undefined) throw this.#fault;
    try {
      await this.#log.sync();
    } catch (cause) {
      this.#fault = new LogNotSynced(cause);
      throw this.#fault;
    }
  }
}
