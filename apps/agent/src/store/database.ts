import { DatabaseSync } from "node:sqlite";

const SCHEMA = `
create table if not exists orders (
  position integer primary key autoincrement,
  order_id text not null unique,
  state text not null,
  channel text not null,
  expires integer not null,
  body text,
  status text
);
create index if not exists orders_state on orders (state);
create table if not exists spool (
  id integer primary key autoincrement,
  lane text not null,
  message text not null,
  body text not null,
  telemetry integer not null,
  bytes integer not null
);
create table if not exists meta (name text primary key, value integer not null);
`;

/** The store's database cannot be used. The message says what to do. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: "store.locked" | "store.unusable";

  constructor(code: StoreError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Opens the agent's database: every commit is on the disk when it returns, and only one process can have it open, so that two
 * agents over one folder never run one order twice.
 * @throws StoreError `store.locked` when another process has it, `store.unusable` when it cannot be opened
 */
export function openDatabase(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 2_000 });
    database.exec("pragma locking_mode=exclusive; pragma journal_mode=wal; pragma synchronous=full;");
    database.exec("pragma cache_size=-256; pragma journal_size_limit=1048576; pragma temp_store=memory;");
    database.exec(`begin immediate; ${SCHEMA} commit;`);
    return database;
  } catch (error) {
    try {
      database?.close();
    } catch {
      // It never opened.
    }
    if (error instanceof Error && /locked|busy/i.test(error.message)) {
      throw new StoreError("store.locked", "another agent has this data folder open: stop it first", { cause: error });
    }
    throw new StoreError("store.unusable", "the agent's database cannot be opened: move it away and start again", {
      cause: error,
    });
  }
}

/** A whole number kept under a name; 0 when it was never set. */
export function openCounter(database: DatabaseSync, name: string): { get(): number; set(value: number): void } {
  const select = database.prepare("select value from meta where name = ?");
  const upsert = database.prepare(
    "insert into meta (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
  );
  return {
    get: () => Number(select.get(name)?.["value"] ?? 0),
    set: (value) => void upsert.run(name, value),
  };
}
