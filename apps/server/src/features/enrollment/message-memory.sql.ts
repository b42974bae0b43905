import type { TenantId } from "@pomona/facts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import { EMPTY_MEMORY, type SeenMessage, type SenderMemory } from "./replay-rule.ts";

interface Columns {
  tenant_id: string;
  sender: string;
  enrollment_id: string;
  newest: number | null;
  check_in_floor: number | null;
  report_floor: number | null;
  authenticates: string;
  check_ins: string;
  reports: string;
}
interface Tables {
  message_memory: Columns;
}

/** Beside the enrollment's row and not in it: a report would rewrite the whole row, with tokens and all, every time. */
export const messageMemoryMigrations: readonly Migration[] = [
  {
    name: "enrollment/0101-message-memory",
    statements: [
      `CREATE TABLE message_memory (tenant_id TEXT NOT NULL, sender TEXT NOT NULL, enrollment_id TEXT NOT NULL,
         newest INTEGER, check_in_floor INTEGER, report_floor INTEGER, authenticates TEXT NOT NULL,
         check_ins TEXT NOT NULL, reports TEXT NOT NULL, PRIMARY KEY (tenant_id, sender)) WITHOUT ROWID`,
      "CREATE INDEX message_memory_by_enrollment ON message_memory (tenant_id, enrollment_id)",
    ],
  },
];

/** A line for each message, its times to the base 36: half as long as JSON. */
function textOf(messages: readonly SeenMessage[]): string {
  let text = "";
  for (const { print, signedAt, at } of messages)
    text += `${print} ${signedAt === undefined ? "" : signedAt.toString(36)} ${at.toString(36)}\n`;
  return text;
}

function listOf(text: string): readonly SeenMessage[] {
  // Rows that were written before there were lines hold JSON; each is rewritten with its sender's next message.
  if (text.startsWith("[")) {
    const rows = JSON.parse(text) as [string, number | null, number][];
    return rows.map(([print, signedAt, at]) => ({ print, signedAt: signedAt ?? undefined, at }));
  }
  const messages: SeenMessage[] = [];
  for (const line of text.split("\n")) {
    const [print, signedAt, at] = line.split(" ");
    if (print === undefined || signedAt === undefined || at === undefined) continue;
    const signed = signedAt === "" ? undefined : Number.parseInt(signedAt, 36);
    messages.push({ print, signedAt: signed, at: Number.parseInt(at, 36) });
  }
  return messages;
}

export async function readMessageMemory(
  tx: ReadTransaction,
  sender: string,
  tenantId: TenantId = tx.scope.tenantId,
): Promise<SenderMemory> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("message_memory")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("sender", "=", sender)
    .executeTakeFirst();
  if (row === undefined) return EMPTY_MEMORY;
  return {
    newest: row.newest ?? undefined,
    checkInFloor: row.check_in_floor ?? undefined,
    reportFloor: row.report_floor ?? undefined,
    authenticates: listOf(row.authenticates),
    checkIns: listOf(row.check_ins),
    reports: listOf(row.reports),
  };
}

const REMEMBER = `INSERT INTO message_memory (tenant_id, sender, enrollment_id, newest, check_in_floor, report_floor,
    authenticates, check_ins, reports) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (tenant_id, sender) DO UPDATE SET newest = excluded.newest, check_in_floor = excluded.check_in_floor,
    report_floor = excluded.report_floor, authenticates = excluded.authenticates, check_ins = excluded.check_ins,
    reports = excluded.reports`;

export async function writeMessageMemory(
  tx: WriteTransaction,
  owner: { readonly tenantId: TenantId; readonly sender: string; readonly enrollmentId: string },
  memory: SenderMemory,
): Promise<void> {
  const { newest = null, checkInFloor = null, reportFloor = null } = memory;
  const lists = [textOf(memory.authenticates), textOf(memory.checkIns), textOf(memory.reports)];
  const values = [owner.tenantId, owner.sender, owner.enrollmentId, newest, checkInFloor, reportFloor, ...lists];
  await tx.prepared.run(REMEMBER, values);
}
