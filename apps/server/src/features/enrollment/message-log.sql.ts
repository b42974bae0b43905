import { asId, type TenantId } from "@pomona/facts";
import { sql } from "kysely";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { MessageKind, SeenMessage } from "./replay-rule.ts";

interface Columns {
  seq: number;
  tenant_id: string;
  sender: string;
  enrollment_id: string;
  kind: string;
  print: string;
  signed_at: number | null;
  at: number;
  is_clock_set: number;
}
interface Tables {
  message_log: Columns;
}

/** Of all tenants, in the order in which messages came: each is a line at the end, whatever Mac sent it. */
export const messageLogMigrations: readonly Migration[] = [
  {
    name: "enrollment/0102-message-log",
    statements: [
      `CREATE TABLE message_log (seq INTEGER PRIMARY KEY AUTOINCREMENT, tenant_id TEXT NOT NULL, sender TEXT NOT NULL,
         enrollment_id TEXT NOT NULL, kind TEXT NOT NULL, print TEXT NOT NULL, signed_at INTEGER, at INTEGER NOT NULL,
         is_clock_set INTEGER NOT NULL)`,
    ],
  },
  {
    // Numbers may come again once the table was emptied; AUTOINCREMENT would write a page of its own at every commit.
    name: "enrollment/0103-message-log-plain",
    statements: [
      `CREATE TABLE message_log_plain (seq INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL, sender TEXT NOT NULL,
         enrollment_id TEXT NOT NULL, kind TEXT NOT NULL, print TEXT NOT NULL, signed_at INTEGER, at INTEGER NOT NULL,
         is_clock_set INTEGER NOT NULL)`,
      "INSERT INTO message_log_plain SELECT * FROM message_log",
      "DROP TABLE message_log",
      "ALTER TABLE message_log_plain RENAME TO message_log",
    ],
  },
];

/** A message that was taken in and is not in its sender's row yet. */
export interface LoggedMessage {
  readonly tenantId: TenantId;
  readonly sender: string;
  readonly enrollmentId: string;
  readonly kind: MessageKind;
  readonly message: SeenMessage;
  readonly isClockSet: boolean;
}

const APPEND = `INSERT INTO message_log (tenant_id, sender, enrollment_id, kind, print, signed_at, at, is_clock_set)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

/** Prepared: it is on the way of every report. */
export async function appendMessage(tx: WriteTransaction, entry: Omit<LoggedMessage, "tenantId">): Promise<void> {
  const { print, signedAt = null, at } = entry.message;
  const isClockSet = entry.isClockSet ? 1 : 0;
  const who = [tx.scope.tenantId, entry.sender, entry.enrollmentId, entry.kind];
  await tx.prepared.run(APPEND, [...who, print, signedAt, at, isClockSet]);
}

/** Of all tenants, oldest first. */
export async function readMessageLog(tx: ReadTransaction): Promise<readonly LoggedMessage[]> {
  const rows = await sqlOf<Tables>(tx).selectFrom("message_log").selectAll().orderBy("seq").execute();
  return rows.map((row) => ({
    tenantId: asId<"tenant">(row.tenant_id),
    sender: row.sender,
    enrollmentId: row.enrollment_id,
    kind: row.kind as MessageKind,
    message: { print: row.print, signedAt: row.signed_at ?? undefined, at: row.at },
    isClockSet: row.is_clock_set === 1,
  }));
}

/** The newest line; 0 when there is none. */
export async function readLogEnd(tx: ReadTransaction): Promise<number> {
  const { rows } = await sql<{ seq: number | null }>`SELECT max(seq) AS seq FROM message_log`.execute(
    sqlOf<Tables>(tx),
  );
  return rows[0]?.seq ?? 0;
}

export async function deleteLogged(tx: WriteTransaction, upTo: number): Promise<void> {
  await sqlOf<Tables>(tx).deleteFrom("message_log").where("seq", "<=", upTo).execute();
}
