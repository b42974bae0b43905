import type { DatabaseSync } from "node:sqlite";
import type { Migration } from "../../kernel/store.ts";

/**
 * Applies what was not yet applied, each in a transaction of its own, under the database's write lock.
 * @param prefix looks only at names that begin so, when the list is not the whole
 * @throws Error when a later release has already migrated this file, so that an old program does not write to it
 */
export function migrate(database: DatabaseSync, migrations: readonly Migration[], now: number, prefix = ""): void {
  database.exec(
    "CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL) WITHOUT ROWID",
  );
  const applied = new Set(
    (database.prepare("SELECT name FROM schema_migrations").all() as { name: string }[]).map((row) => row.name),
  );
  const known = new Set(migrations.map((migration) => migration.name));
  const unknown = [...applied].filter((name) => name.startsWith(prefix) && !known.has(name));
  if (unknown.length > 0)
    throw new Error(
      `This database was written by a newer Pomona (${unknown[0]}). Start that version, or restore a backup.`,
    );
  for (const migration of migrations) {
    if (applied.has(migration.name)) continue;
    database.exec("BEGIN IMMEDIATE");
    try {
      for (const statement of migration.statements) database.exec(statement);
      database.prepare("INSERT INTO schema_migrations (name, applied_at) VALUES (?, ?)").run(migration.name, now);
      database.exec("COMMIT");
    } catch (error) {
      database.exec("ROLLBACK");
      throw new Error(`Migration ${migration.name} failed; the database is as it was before it.`, { cause: error });
    }
  }
}
