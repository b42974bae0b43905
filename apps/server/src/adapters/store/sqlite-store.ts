import { chmodSync, mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { AnyFact, NewFact } from "@pomona/facts";
import type { Kysely } from "kysely";
import { type Clock, sortAfter, systemClock } from "../../kernel/clock.ts";
import type { FactLog } from "../../kernel/fact.ts";
import type { Job } from "../../kernel/feature.ts";
import type { Scope } from "../../kernel/scope.ts";
import type { Migration, ReadTransaction, Store, WriteTransaction } from "../../kernel/store.ts";
import { Checkpointer } from "./checkpointer.ts";
import { diskFault, diskProblem, type StoreState } from "./disk-fault.ts";
import { FactFiling, FILED_FACT_TABLES } from "./fact-filing.ts";
import { FACT_TABLES, FactReader, FactWriter } from "./fact-rows.ts";
import { GroupCommit } from "./group-commit.ts";
import { LINEAGE_TABLES } from "./lineage.ts";
import { LogSync } from "./log-sync.ts";
import { migrate } from "./migrate.ts";
import { queryBuilderOver } from "./node-sqlite-dialect.ts";
import { writePlanStatistics } from "./plan-statistics.ts";
import { PreparedStatements } from "./prepared-statements.ts";

export interface SqliteStoreOptions {
  /** The database file; its folder is made when missing. */
  readonly file: string;
  readonly clock?: Clock;
  /** See {@link FactWriter}; fewer in tests. */
  readonly rememberedDevices?: number;
  /** Told what a listener or an effect threw after its commit; the default makes it a warning of the process. */
  readonly onEffectFault?: (error: unknown) => void;
  /** Told when the disk takes no more, and when it does again. */
  readonly onState?: (state: StoreState, error?: unknown) => void;
}

const KERNEL_PREFIX = "kernel/";
const KERNEL_TABLES: readonly Migration[] = [
  { name: `${KERNEL_PREFIX}0001-facts`, statements: FACT_TABLES },
  LINEAGE_TABLES,
  FILED_FACT_TABLES,
];

/** The embedded store: one file, one writing and one reading connection, one process. */
export class SqliteStore implements Store, FactLog {
  readonly #file: string;
  readonly #writer: DatabaseSync;
  readonly #writing: Kysely<unknown>;
  readonly #writingPrepared: PreparedStatements;
  readonly #factWriter: FactWriter;
  readonly #filing: FactFiling;
  #reader: DatabaseSync;
  #reading: Kysely<unknown>;
  #readingPrepared: PreparedStatements;
  #factReader: FactReader;
  readonly #groups: GroupCommit;
  readonly #checkpointer: Checkpointer;
  readonly #log: LogSync;
  readonly #clock: Clock;
  readonly #onEffectFault: (error: unknown) => void;
  readonly #onState: (state: StoreState, error?: unknown) => void;
  #state: StoreState = "works";
  readonly #listeners = new Set<(facts: readonly AnyFact[]) => void>();

  /** @throws Error when another process has the file open for writing, or it is not a database */
  constructor(options: SqliteStoreOptions) {
    mkdirSync(path.dirname(options.file), { recursive: true, mode: 0o700 });
    this.#clock = options.clock ?? systemClock;
    this.#onEffectFault = options.onEffectFault ?? ((error) => process.emitWarning(String(error), "EffectFault"));
    this.#onState = options.onState ?? (() => {});
    this.#file = options.file;
    this.#writer = open(options.file);
    chmodSync(options.file, 0o600);
    migrate(this.#writer, KERNEL_TABLES, this.#clock.now(), KERNEL_PREFIX);
    this.#reader = open(options.file, true);
    this.#filing = new FactFiling(this.#writer);
    this.#factWriter = new FactWriter(this.#writer, this.#filing.catchUp(), options.rememberedDevices);
    this.#factReader = new FactReader(this.#reader);
    const newest = this.#factReader.newestId();
    if (newest !== undefined) sortAfter(newest);
    this.#writing = queryBuilderOver(this.#writer);
    this.#writingPrepared = new PreparedStatements(this.#writer);
    this.#reading = queryBuilderOver(this.#reader);
    this.#readingPrepared = new PreparedStatements(this.#reader);
    this.#checkpointer = new Checkpointer(options.file);
    this.#log = new LogSync(options.file);
    this.#groups = new GroupCommit(this.#writer, this.#log, () => this.#checkpointer.committed());
  }

  /** Brings the tables of the features up to date, in the order given; before anything else is asked of the store. */
  migrate(migrations: readonly Migration[]): void {
    migrate(this.#writer, [...KERNEL_TABLES, ...migrations], this.#clock.now());
    try {
      writePlanStatistics(this.#writer);
    } catch (error) {
      // Those of the last start are as good; a server that can only read is better than none.
      if (diskFault(error) !== "full") throw error;
    }
    // A connection reads them when it is opened, or is told to.
    this.#writer.exec("ANALYZE sqlite_schema");
    this.#reader.close();
    this.#reader = open(this.#file, true);
    this.#reading = queryBuilderOver(this.#reader);
    this.#readingPrepared = new PreparedStatements(this.#reader);
    this.#factReader = new FactReader(this.#reader);
  }

  write<T>(scope: Scope, body: (tx: WriteTransaction) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const facts: AnyFact[] = [];
      const effects: (() => void)[] = [];
      let value: T;
      let hasWritten = false;
      const now = this.#clock.now();
      const bound = (to: Scope): WriteTransaction => ({
        scope: to,
        now,
        sql: this.#writing,
        prepared: this.#writingPrepared,
        publish: async (fact: NewFact) => {
          facts.push(this.#factWriter.write(to.tenantId, fact, now));
        },
        inTenant: bound,
        afterCommit: (effect) => effects.push(effect),
      });
      this.#groups.join({
        run: async () => {
          // Known for those alone that come while the disk is full: a transaction that wrote nothing says nothing of it.
          const before = this.#state === "works" ? undefined : this.#changes();
          try {
            value = await body(bound(scope));
            hasWritten = before !== undefined && this.#changes() > before;
            return true;
          } catch (error) {
            this.#factWriter.undone(facts);
            reject(this.#explained(error));
            return false;
          }
        },
        committed: () => {
          if (hasWritten) this.#enter("works");
          resolve(value);
          this.#filing.committed(facts);
          // What is committed stays so, whatever happens to those who hear of it.
          if (facts.length > 0) for (const listener of this.#listeners) this.#tell(() => listener(facts));
          for (const effect of effects) this.#tell(effect);
        },
        lost: (error) => {
          this.#factWriter.undone(facts);
          reject(this.#explained(error));
        },
      });
    });
  }

  read<T>(scope: Scope, body: (tx: ReadTransaction) => Promise<T>): Promise<T> {
    return body({ scope, now: this.#clock.now(), sql: this.#reading, prepared: this.#readingPrepared });
  }

  readonly readAfter: FactLog["readAfter"] = async (position, filter) => this.#factReader.after(position, filter);
  readonly range: FactLog["range"] = async () => this.#factReader.range();

  readonly readOfDevice: FactLog["readOfDevice"] = async (tenantId, deviceId, page) =>
    this.#factReader.ofDevice(tenantId, deviceId, page);

  /** Files the facts of the last seconds under their devices and tenants. */
  readonly fileFacts: Job = {
    name: "store/file-facts",
    everyMs: 3_000,
    run: async () => this.#factWriter.filed(await this.#filing.file(this)),
  };

  subscribe(listener: (facts: readonly AnyFact[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether what is written is kept. */
  get state(): StoreState {
    return this.#state;
  }

  /** Rows that the writing connection has changed since it was opened. */
  #changes(): number {
    return (this.#writer.prepare("SELECT total_changes() AS rows").get() as { rows: number }).rows;
  }

  /** What the disk did, in words for whoever wanted to write. */
  #explained(error: unknown): unknown {
    const fault = diskFault(error);
    if (fault === undefined) return error;
    this.#enter(fault, error);
    return diskProblem(fault, error);
  }

  #enter(state: StoreState, error?: unknown): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#tell(() => this.#onState(state, error));
  }

  #tell(effect: () => void): void {
    try {
      effect();
    } catch (error) {
      this.#onEffectFault(error);
    }
  }

  /** Waits for nothing: whoever still writes gets an error. */
  close(): void {
    this.#checkpointer.close();
    this.#reader.close();
    this.#writer.close();
    this.#log.close();
  }
}

function open(file: string, isReader = false): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 2000, readOnly: isReader });
  database.exec("PRAGMA foreign_keys = ON");
  if (!isReader) {
    // NORMAL syncs at checkpoints; each commit's log is synced by LogSync, before anybody is answered. The checkpointer copies
    // the log long before it has that many pages; this is for when it cannot.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 50000");
  }
  // The writer's holds the hot tables of a large fleet; it takes the memory only when there is so much to hold.
  database.exec(`PRAGMA cache_size = -${isReader ? 32_000 : 128_000}; PRAGMA temp_store = MEMORY`);
  return database;
}
