import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { sql } from "kysely";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { type Migration, type ReadTransaction, type Store, sqlOf } from "../../kernel/store.ts";

interface Tables {
  store_lineage: { one: number; mark: string; previous: string | null; at: number };
}
interface Mark {
  readonly mark: string;
  /** ms; for people */
  readonly at: number;
}

export const LINEAGE_TABLES: Migration = {
  name: "kernel/0002-lineage",
  statements: [
    `CREATE TABLE store_lineage (one INTEGER PRIMARY KEY CHECK (one = 1), mark TEXT NOT NULL, previous TEXT,
       at INTEGER NOT NULL)`,
  ],
};

const SCOPE = systemScope(PLATFORM, "lineage");

/** Puts a whole new file in the place of the old one, and it is on the disk on return. */
export type WriteDurably = (file: string, text: string) => void;

/**
 * Knows a restored database by itself. At every beat the database and a file beside the data keys, which is not in its
 * backup, get the same new random mark; the database first, so that after a crash in between its mark before fits. A
 * database with another mark is older than what this server last wrote, or not its own. What happened between the last beat
 * and a crash leaves no trace: see the guide for when to say it by hand.
 */
export class Lineage {
  readonly #store: Store;
  readonly #file: string;
  readonly #writeFile: WriteDurably;
  /** In the database, and not in the file yet. */
  #unwritten: Mark | undefined;

  /** @param file its folder is there */
  constructor(store: Store, file: string, writeFile: WriteDurably) {
    this.#store = store;
    this.#file = file;
    this.#writeFile = writeFile;
  }

  /** @returns why this database is a restored one, in a sentence; undefined when it is as this server left it */
  async objection(): Promise<string | undefined> {
    const [inStore, inFile] = [await this.#store.read(SCOPE, readMark), readFileMark(this.#file)];
    if (inStore === undefined && inFile === undefined) return undefined;
    if (inStore === undefined) return "The database was written by a version from before it was marked.";
    if (inFile === undefined)
      return "The file keys/lineage.json is missing, so nobody can say whether the database is the newest.";
    if (inFile.mark === inStore.mark || inFile.mark === inStore.previous) return undefined;
    const [ours, theirs] = [new Date(inFile.at).toISOString(), new Date(inStore.at).toISOString()];
    return `The database is of ${theirs}, and this server last marked another state of it at ${ours}.`;
  }

  /**
   * Marks the database and the file anew; both are on the disk when it resolves. While the file cannot be written, as on a full
   * disk, the database keeps its mark: twice ahead of the file it would look like another's.
   */
  async beat(): Promise<void> {
    if (this.#unwritten !== undefined) this.#writeMark(this.#unwritten);
    this.#unwritten = undefined;
    const mark = randomUUID();
    const at = await this.#store.write(SCOPE, async (tx) => {
      await sql`INSERT INTO store_lineage (one, mark, previous, at) VALUES (1, ${mark}, NULL, ${tx.now})
        ON CONFLICT (one) DO UPDATE SET previous = store_lineage.mark, mark = ${mark}, at = ${tx.now}`.execute(
        sqlOf<Tables>(tx),
      );
      return tx.now;
    });
    this.#unwritten = { mark, at };
    this.#writeMark(this.#unwritten);
    this.#unwritten = undefined;
  }

  #writeMark(mark: Mark): void {
    this.#writeFile(this.#file, `${JSON.stringify(mark)}\n`);
  }
}

const readMark = (tx: ReadTransaction) =>
  sqlOf<Tables>(tx).selectFrom("store_lineage").select(["mark", "previous", "at"]).executeTakeFirst();

/** An unreadable file is a missing one: both say nothing. */
function readFileMark(file: string): Mark | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const value = JSON.parse(readFileSync(file, "utf8")) as Partial<Mark>;
    return typeof value.mark === "string" && typeof value.at === "number"
      ? { mark: value.mark, at: value.at }
      : undefined;
  } catch {
    return undefined;
  }
}
