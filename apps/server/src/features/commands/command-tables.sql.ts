import type { SealedColumn } from "../../kernel/secret.ts";
import type { Migration } from "../../kernel/store.ts";

export interface HistoryColumns {
  tenant_id: string;
  id: string;
  device_id: string;
  command_uuid: string;
  request_type: string;
  state: string;
  lane: number;
  created_at: number;
  sent_at: number | null;
  answered_at: number | null;
  expires_at: number | null;
  not_now_count: number;
  actor: string;
  error: string | null;
  input: string;
  channel: string;
  send_count: number;
  batch_id: string | null;
  is_raw: number;
  dead: string | null;
  retry_of: string | null;
  retried_by: string | null;
}
export interface QueueColumns extends HistoryColumns {
  is_open: number;
  wake_at: number | null;
  not_before: number | null;
  hold: string | null;
}
/** `kept_input`: 1 while the history has the input of a command that failed. */
export interface CommandTables {
  command_queue: QueueColumns;
  command_history: HistoryColumns & { kept_input: number };
}

const COLUMNS = `tenant_id TEXT NOT NULL, id TEXT NOT NULL, device_id TEXT NOT NULL, command_uuid TEXT NOT NULL,
  request_type TEXT NOT NULL, state TEXT NOT NULL, lane INTEGER NOT NULL, created_at INTEGER NOT NULL, sent_at INTEGER,
  answered_at INTEGER, expires_at INTEGER, not_now_count INTEGER NOT NULL DEFAULT 0, actor TEXT NOT NULL, error TEXT,
  input TEXT NOT NULL`;
const LATER_COLUMNS = [
  "channel TEXT NOT NULL DEFAULT ''",
  "send_count INTEGER NOT NULL DEFAULT 0",
  "batch_id TEXT",
  "is_raw INTEGER NOT NULL DEFAULT 0",
  "dead TEXT",
  "retry_of TEXT",
  "retried_by TEXT",
];
/** What queue and history both have, but for the input. */
export const CARRIED_COLUMNS = `tenant_id, id, device_id, command_uuid, request_type, state, lane, created_at, sent_at,
  answered_at, expires_at, not_now_count, actor, error, channel, send_count, batch_id, is_raw, dead, retry_of, retried_by`;
const QUEUE_COLUMNS = `${CARRIED_COLUMNS}, input, is_open, wake_at, not_before, hold`;
const HISTORY_COLUMNS = `${CARRIED_COLUMNS}, input, kept_input`;

/**
 * One row per command, device and channel. An answer closes its row, which is one small write on the way of a poll; a job
 * carries closed rows over to the history, so that the queue stays as small as what is open. Rows stand in the order in which
 * they are served: the command that is answered and the next one are neighbours, mostly in one page.
 */
export const commandMigrations: readonly Migration[] = [
  {
    name: "commands/0001-queue",
    statements: [
      `CREATE TABLE command_queue (${COLUMNS}, is_open INTEGER NOT NULL DEFAULT 1, wake_at INTEGER,
         PRIMARY KEY (tenant_id, id)) WITHOUT ROWID`,
      "CREATE UNIQUE INDEX command_queue_by_uuid ON command_queue (tenant_id, device_id, command_uuid)",
      "CREATE INDEX command_queue_open ON command_queue (tenant_id, device_id, lane, id) WHERE is_open = 1",
      "CREATE INDEX command_queue_wake ON command_queue (wake_at) WHERE wake_at IS NOT NULL",
      "CREATE INDEX command_queue_end ON command_queue (expires_at) WHERE is_open = 1",
      "CREATE INDEX command_queue_closed ON command_queue (answered_at) WHERE is_open = 0",
      `CREATE TABLE command_history (${COLUMNS}, PRIMARY KEY (tenant_id, id)) WITHOUT ROWID`,
      "CREATE INDEX command_history_by_device ON command_history (tenant_id, device_id, id)",
      "CREATE INDEX command_history_by_uuid ON command_history (tenant_id, device_id, command_uuid)",
    ],
  },
  {
    name: "commands/0002-channels-holds-and-dead-letters",
    statements: [
      ...LATER_COLUMNS.flatMap((column) => [
        `ALTER TABLE command_queue ADD COLUMN ${column}`,
        `ALTER TABLE command_history ADD COLUMN ${column}`,
      ]),
      "ALTER TABLE command_queue ADD COLUMN not_before INTEGER",
      "ALTER TABLE command_queue ADD COLUMN hold TEXT",
      "ALTER TABLE command_history ADD COLUMN kept_input INTEGER NOT NULL DEFAULT 0",
      "DROP INDEX command_queue_open",
      "CREATE INDEX command_queue_head ON command_queue (tenant_id, device_id, channel, lane, id) WHERE is_open = 1",
      "CREATE INDEX command_queue_held ON command_queue (tenant_id, hold, id) WHERE is_open = 1 AND hold IS NOT NULL",
      ...["command_queue", "command_history"].flatMap((table) => [
        `CREATE INDEX ${table}_batch ON ${table} (tenant_id, batch_id, state) WHERE batch_id IS NOT NULL`,
        `CREATE INDEX ${table}_dead ON ${table} (tenant_id, id) WHERE dead IS NOT NULL AND retried_by IS NULL`,
      ]),
      "CREATE INDEX command_history_kept ON command_history (answered_at) WHERE kept_input = 1",
      `CREATE TABLE command_restores (tenant_id TEXT NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL,
         PRIMARY KEY (tenant_id, at)) WITHOUT ROWID`,
    ],
  },
  {
    name: "commands/0003-batch-inputs",
    statements: [
      `CREATE TABLE command_batch_inputs (tenant_id TEXT NOT NULL, batch_id TEXT NOT NULL, input TEXT NOT NULL,
         forget_at INTEGER NOT NULL, PRIMARY KEY (tenant_id, batch_id)) WITHOUT ROWID`,
    ],
  },
  {
    // In the order of (tenant_id, id) alone, SQLite would rather walk the whole tenant by its primary key.
    name: "commands/0004-dead-letters-by-kind",
    statements: ["command_queue", "command_history"].flatMap((table) => [
      `DROP INDEX ${table}_dead`,
      `CREATE INDEX ${table}_dead ON ${table} (tenant_id, dead, id) WHERE dead IS NOT NULL AND retried_by IS NULL`,
    ]),
  },
  {
    name: "commands/0005-queue-in-serving-order",
    statements: [
      // The input, which may be large, comes last: to read another column nobody has to walk through it.
      `CREATE TABLE command_queue_ordered (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, channel TEXT NOT NULL DEFAULT '',
         lane INTEGER NOT NULL, id TEXT NOT NULL, command_uuid TEXT NOT NULL, request_type TEXT NOT NULL, state TEXT NOT NULL,
         is_open INTEGER NOT NULL DEFAULT 1, hold TEXT, not_before INTEGER, wake_at INTEGER, created_at INTEGER NOT NULL,
         sent_at INTEGER, answered_at INTEGER, expires_at INTEGER, not_now_count INTEGER NOT NULL DEFAULT 0,
         send_count INTEGER NOT NULL DEFAULT 0, actor TEXT NOT NULL, error TEXT, batch_id TEXT,
         is_raw INTEGER NOT NULL DEFAULT 0, dead TEXT, retry_of TEXT, retried_by TEXT, input TEXT NOT NULL,
         PRIMARY KEY (tenant_id, device_id, channel, lane, id)) WITHOUT ROWID`,
      `INSERT INTO command_queue_ordered (${QUEUE_COLUMNS}) SELECT ${QUEUE_COLUMNS} FROM command_queue`,
      "DROP TABLE command_queue",
      "ALTER TABLE command_queue_ordered RENAME TO command_queue",
      "CREATE UNIQUE INDEX command_queue_by_id ON command_queue (tenant_id, id)",
      "CREATE INDEX command_queue_wake ON command_queue (wake_at) WHERE wake_at IS NOT NULL",
      // Not of open rows only: an answer would have to take its row out of it.
      "CREATE INDEX command_queue_end ON command_queue (expires_at)",
      "CREATE INDEX command_queue_closed ON command_queue (answered_at) WHERE is_open = 0",
      "CREATE INDEX command_queue_held ON command_queue (tenant_id, hold, id) WHERE is_open = 1 AND hold IS NOT NULL",
      "CREATE INDEX command_queue_batch ON command_queue (tenant_id, batch_id, state) WHERE batch_id IS NOT NULL",
      `CREATE INDEX command_queue_dead ON command_queue (tenant_id, dead, id)
         WHERE dead IS NOT NULL AND retried_by IS NULL`,
      // What a Mac answered is carried over together, and then lies together.
      `CREATE TABLE command_history_ordered (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, id TEXT NOT NULL,
         command_uuid TEXT NOT NULL, request_type TEXT NOT NULL, state TEXT NOT NULL, lane INTEGER NOT NULL,
         created_at INTEGER NOT NULL, sent_at INTEGER, answered_at INTEGER, expires_at INTEGER,
         not_now_count INTEGER NOT NULL DEFAULT 0, actor TEXT NOT NULL, error TEXT, channel TEXT NOT NULL DEFAULT '',
         send_count INTEGER NOT NULL DEFAULT 0, batch_id TEXT, is_raw INTEGER NOT NULL DEFAULT 0, dead TEXT, retry_of TEXT,
         retried_by TEXT, kept_input INTEGER NOT NULL DEFAULT 0, input TEXT NOT NULL,
         PRIMARY KEY (tenant_id, device_id, id)) WITHOUT ROWID`,
      `INSERT INTO command_history_ordered (${HISTORY_COLUMNS}) SELECT ${HISTORY_COLUMNS} FROM command_history`,
      "DROP TABLE command_history",
      "ALTER TABLE command_history_ordered RENAME TO command_history",
      "CREATE UNIQUE INDEX command_history_by_id ON command_history (tenant_id, id)",
      "CREATE INDEX command_history_batch ON command_history (tenant_id, batch_id, state) WHERE batch_id IS NOT NULL",
      `CREATE INDEX command_history_dead ON command_history (tenant_id, dead, id)
         WHERE dead IS NOT NULL AND retried_by IS NULL`,
      "CREATE INDEX command_history_kept ON command_history (answered_at) WHERE kept_input = 1",
    ],
  },
  // Which Macs have answered commands in the queue is known in memory.
  { name: "commands/0006-no-index-of-answers", statements: ["DROP INDEX command_queue_closed"] },
];

const packed = (table: string, id: string): SealedColumn => ({
  table,
  column: "input",
  id,
  isNested: true,
  place: (row, field) => ({ table: "command_queue", row: String(row[id]), field }),
});
export const commandSealed: readonly SealedColumn[] = [
  packed("command_queue", "id"),
  packed("command_history", "id"),
  packed("command_batch_inputs", "batch_id"),
];
