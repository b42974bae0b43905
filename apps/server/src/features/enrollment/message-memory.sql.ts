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

const lines = new WeakMap<SeenMessage, string>();
/** Its times to the base 36. Kept, because each message is written again with every later one of its sender. */
function lineOf(message: SeenMessage): string {
  let line = lines.get(message);
  if (line === undefined) {
    const { print, signedAt, at } = message;
    line = `${print} ${signedAt === undefined ? "" : signedAt.toString(36)} ${at.toString(36)}\n`;
    lines.set(message, line);
  }
  return line;
}

/** A line for each message: half as long as JSON, and a report writes up to sixteen of them. */
function textOf(messages: readonly SeenMessage[]): string {
  let text = "";
  for (const message of messages) text += lineOf(message);
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

export async function readMessageMemory(tx: ReadTransaction, sender: string): Promise<SenderMemory> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("message_memory")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
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

/** Prepared: it is on the way of every report. */
export async function writeMessageMemory(
  tx: WriteTransaction,
  sender: string,
  enrollmentId: string,
  memory: SenderMemory,
): Promise<void> {
  const { newest = null, checkInFloor = null, reportFloor = null } = memory;
  const lists = [textOf(memory.authenticates), textOf(memory.checkIns), textOf(memory.reports)];
  const values = [tx.scope.tenantId, sender, enrollmentId, newest, checkInFloor, reportFloor, ...lists];
  await tx.prepared.run(REMEMBER, values);
}
