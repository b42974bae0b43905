import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { ChainedEntry, Commitment } from "./model.ts";

interface Tables {
  audit_entries: {
    tenant_id: string;
    sequence: number;
    at: number;
    actor_id: string;
    action: string;
    outcome: string;
    commitments: string;
    hash: string;
  };
  audit_fields: { tenant_id: string; sequence: number; name: string; salt: string; value: string };
}

export const auditMigrations: readonly Migration[] = [
  {
    name: "audit/0001-chain",
    statements: [
      `CREATE TABLE audit_entries (tenant_id TEXT NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL,
         actor_id TEXT NOT NULL, action TEXT NOT NULL, outcome TEXT NOT NULL, commitments TEXT NOT NULL, hash TEXT NOT NULL,
         PRIMARY KEY (tenant_id, sequence)) WITHOUT ROWID`,
      `CREATE TABLE audit_fields (tenant_id TEXT NOT NULL, sequence INTEGER NOT NULL, name TEXT NOT NULL,
         salt TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (tenant_id, sequence, name)) WITHOUT ROWID`,
    ],
  },
];

export async function readHead(
  tx: ReadTransaction,
): Promise<{ readonly sequence: number; readonly hash: string } | undefined> {
  return sqlOf<Tables>(tx)
    .selectFrom("audit_entries")
    .select(["sequence", "hash"])
    .where("tenant_id", "=", tx.scope.tenantId)
    .orderBy("sequence", "desc")
    .limit(1)
    .executeTakeFirst();
}

export async function insertEntry(
  tx: WriteTransaction,
  entry: ChainedEntry & { readonly actorId: string; readonly hash: string },
  fields: ReadonlyMap<string, Commitment>,
): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("audit_entries")
    .values({
      tenant_id: entry.tenantId,
      sequence: entry.sequence,
      at: entry.at,
      actor_id: entry.actorId,
      action: entry.action,
      outcome: entry.outcome,
      commitments: JSON.stringify(entry.commitments),
      hash: entry.hash,
    })
    .execute();
  await sqlOf<Tables>(tx)
    .insertInto("audit_fields")
    .values(
      [...fields].map(([name, { salt, value }]) => ({
        tenant_id: entry.tenantId,
        sequence: entry.sequence,
        name,
        salt,
        value,
      })),
    )
    .execute();
}

export interface StoredEntry extends ChainedEntry {
  readonly actorId: string;
  readonly hash: string;
  /** What is left of the fields; an erased one is missing here and still has its commitment. */
  readonly fields: ReadonlyMap<string, { readonly salt: string; readonly value: string }>;
}

export interface EntryFilter {
  readonly before?: number;
  readonly after?: number;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly outcome?: string | undefined;
  readonly limit: number;
}

/** Entries with their fields: newest first below `before`, or oldest first above `after`. */
export async function readEntries(tx: ReadTransaction, filter: EntryFilter): Promise<readonly StoredEntry[]> {
  const db = sqlOf<Tables>(tx);
  const { tenantId } = tx.scope;
  let query = db.selectFrom("audit_entries").selectAll().where("tenant_id", "=", tenantId).limit(filter.limit);
  query =
    filter.after === undefined
      ? query.orderBy("sequence", "desc")
      : query.where("sequence", ">", filter.after).orderBy("sequence", "asc");
  if (filter.before !== undefined) query = query.where("sequence", "<", filter.before);
  if (filter.actor !== undefined) query = query.where("actor_id", "=", filter.actor);
  if (filter.action !== undefined) query = query.where("action", "=", filter.action);
  if (filter.outcome !== undefined) query = query.where("outcome", "=", filter.outcome);
  const rows = await query.execute();
  if (rows.length === 0) return [];
  const sequences = rows.map((row) => row.sequence);
  const fields = await db
    .selectFrom("audit_fields")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("sequence", ">=", Math.min(...sequences))
    .where("sequence", "<=", Math.max(...sequences))
    .execute();
  const byEntry = Map.groupBy(fields, (field) => field.sequence);
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    sequence: row.sequence,
    at: row.at,
    actorId: row.actor_id,
    action: row.action,
    outcome: row.outcome,
    commitments: JSON.parse(row.commitments) as Record<string, string>,
    hash: row.hash,
    fields: new Map((byEntry.get(row.sequence) ?? []).map(({ name, salt, value }) => [name, { salt, value }])),
  }));
}

/** Forgets a field's value; the chain stays valid, because it was computed over the commitment. */
export async function eraseField(tx: WriteTransaction, sequence: number, name: string): Promise<void> {
  await sqlOf<Tables>(tx)
    .deleteFrom("audit_fields")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("sequence", "=", sequence)
    .where("name", "=", name)
    .execute();
}
