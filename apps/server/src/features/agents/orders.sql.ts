import type { IntentEnvelope, OrderType } from "@pomona/agent-protocol";
import { asId, type Channel, type DeviceId, type OrderId, type OrderState } from "@pomona/facts";
import { sql } from "kysely";
import type { Sealed, SealedColumn } from "../../kernel/secret.ts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { Attempt, OrderRow } from "./model.ts";

interface Columns {
  tenant_id: string;
  id: string;
  device_id: string;
  type: string;
  envelope: string;
  /** The whole input, when it can hold no secret; else it is in `sealed_input`. */
  input: string | null;
  sealed_input: string | null;
  shown_input: string;
  state: string;
  is_urgent: number;
  actor: string;
  created_at: number;
  sent_at: number | null;
  received_at: number | null;
  started_at: number | null;
  finished_at: number | null;
  expires_at: number;
  tried: string;
  arrived_by: string | null;
  exit_code: number | null;
  error: string | null;
  output: string;
  output_truncated: number;
  data: string;
  deliveries: number;
  next_delivery_at: number | null;
  /** Why it waits for a person; null for what may be sent. */
  hold: string | null;
}
interface Tables {
  orders: Columns;
  order_sequences: { tenant_id: string; device_id: string; seq: number };
  order_epochs: { tenant_id: string; epoch: number };
}

export const orderMigrations: readonly Migration[] = [
  {
    name: "agents/0001-orders",
    statements: [
      `CREATE TABLE orders (tenant_id TEXT NOT NULL, id TEXT NOT NULL, device_id TEXT NOT NULL, type TEXT NOT NULL,
         envelope TEXT NOT NULL, input TEXT, sealed_input TEXT, shown_input TEXT NOT NULL, state TEXT NOT NULL,
         is_urgent INTEGER NOT NULL, actor TEXT NOT NULL, created_at INTEGER NOT NULL, sent_at INTEGER, received_at INTEGER,
         started_at INTEGER, finished_at INTEGER, expires_at INTEGER NOT NULL, tried TEXT NOT NULL DEFAULT '[]',
         arrived_by TEXT, exit_code INTEGER, error TEXT, output TEXT NOT NULL DEFAULT '',
         output_truncated INTEGER NOT NULL DEFAULT 0, data TEXT NOT NULL DEFAULT 'null', deliveries INTEGER NOT NULL DEFAULT 0,
         next_delivery_at INTEGER, PRIMARY KEY (tenant_id, id)) WITHOUT ROWID`,
      "CREATE INDEX orders_by_device ON orders (tenant_id, device_id, id)",
      "CREATE INDEX orders_open ON orders (tenant_id, device_id, id) WHERE finished_at IS NULL AND received_at IS NULL",
      "CREATE INDEX orders_due ON orders (next_delivery_at) WHERE next_delivery_at IS NOT NULL",
      `CREATE TABLE order_sequences (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, seq INTEGER NOT NULL,
         PRIMARY KEY (tenant_id, device_id)) WITHOUT ROWID`,
      "CREATE TABLE order_epochs (tenant_id TEXT PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID",
    ],
  },
  {
    name: "agents/0004-held-orders",
    statements: [
      "ALTER TABLE orders ADD COLUMN hold TEXT",
      "CREATE INDEX orders_held ON orders (tenant_id, id) WHERE hold IS NOT NULL",
    ],
  },
];

export const orderSealed: SealedColumn = { table: "orders", column: "sealed_input", id: "id" };

const toRow = (row: Columns): OrderRow => ({
  id: asId<"order">(row.id),
  deviceId: asId<"device">(row.device_id),
  type: row.type as OrderType,
  envelope: JSON.parse(row.envelope) as IntentEnvelope,
  shownInput: JSON.parse(row.shown_input) as Record<string, unknown>,
  state: row.state as OrderState,
  isUrgent: row.is_urgent === 1,
  actor: row.actor,
  createdAt: row.created_at,
  sentAt: row.sent_at,
  receivedAt: row.received_at,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  expiresAt: row.expires_at,
  tried: JSON.parse(row.tried) as Attempt[],
  arrivedBy: row.arrived_by as Channel | null,
  exitCode: row.exit_code,
  error: row.error,
  output: row.output,
  outputTruncated: row.output_truncated === 1,
  data: JSON.parse(row.data) as unknown,
});

/** An order with what is needed to send it. */
export interface SendableOrder extends OrderRow {
  readonly input: unknown;
  readonly sealedInput: Sealed | null;
  readonly deliveries: number;
}
const toSendable = (row: Columns): SendableOrder => ({
  ...toRow(row),
  input: row.input === null ? undefined : (JSON.parse(row.input) as unknown),
  sealedInput: row.sealed_input === null ? null : (JSON.parse(row.sealed_input) as Sealed),
  deliveries: row.deliveries,
});

export interface NewOrder {
  readonly envelope: IntentEnvelope;
  readonly type: OrderType;
  readonly input: unknown;
  readonly sealedInput: Sealed | null;
  readonly shownInput: Readonly<Record<string, unknown>>;
  readonly isUrgent: boolean;
  readonly actor: string;
  readonly nextDeliveryAt: number;
}

export async function insertOrder(tx: WriteTransaction, order: NewOrder): Promise<void> {
  const { envelope } = order;
  await sqlOf<{ orders: Partial<Columns> }>(tx)
    .insertInto("orders")
    .values({
      tenant_id: tx.scope.tenantId,
      id: envelope.id,
      device_id: envelope.target,
      type: order.type,
      envelope: JSON.stringify(envelope),
      input: order.sealedInput === null ? JSON.stringify(order.input) : null,
      sealed_input: order.sealedInput === null ? null : JSON.stringify(order.sealedInput),
      shown_input: JSON.stringify(order.shownInput),
      state: "queued",
      is_urgent: order.isUrgent ? 1 : 0,
      actor: order.actor,
      created_at: tx.now,
      expires_at: envelope.expires,
      next_delivery_at: order.nextDeliveryAt,
    })
    .execute();
}

export async function readOrder(tx: ReadTransaction, id: string): Promise<OrderRow | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("orders")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && toRow(row);
}

const LISTED = [
  "tenant_id",
  "id",
  "device_id",
  "type",
  "envelope",
  "shown_input",
  "state",
  "is_urgent",
  "actor",
  "created_at",
  "sent_at",
  "received_at",
  "started_at",
  "finished_at",
  "expires_at",
  "tried",
  "arrived_by",
  "exit_code",
  "error",
  "data",
  "deliveries",
  "next_delivery_at",
  "hold",
] as const;
/** Inputs may be as large as a script; no list needs them. */
const NOT_LISTED = { input: null, sealed_input: null };
/** Characters of an order's output that a list shows; the order itself shows all. */
const LISTED_OUTPUT = 4_096;

/** Newest first. */
export async function readOrders(
  tx: ReadTransaction,
  deviceId: DeviceId,
  before: string | undefined,
  limit: number,
): Promise<readonly OrderRow[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("orders")
    .select(LISTED)
    .select([
      sql<string>`substr(output, 1, ${LISTED_OUTPUT})`.as("output"),
      sql<number>`output_truncated OR length(output) > ${LISTED_OUTPUT}`.as("output_truncated"),
    ])
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .$if(before !== undefined, (query) => query.where("id", "<", before!))
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => toRow({ ...row, ...NOT_LISTED }));
}

/** What a Mac was not yet heard to have: neither received, nor finished, nor past its time. Oldest first. */
export async function readUndelivered(
  tx: ReadTransaction,
  deviceId: DeviceId,
  limit: number,
): Promise<readonly SendableOrder[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("orders")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .where("finished_at", "is", null)
    .where("received_at", "is", null)
    .where("hold", "is", null)
    .where("expires_at", ">", tx.now)
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(toSendable);
}

/** Orders of all tenants that the sweep has to look at. */
export async function readDue(tx: ReadTransaction, limit: number) {
  return sqlOf<Tables>(tx)
    .selectFrom("orders")
    .select(["tenant_id", "id", "device_id", "state", "received_at", "expires_at", "deliveries", "is_urgent"])
    .where("next_delivery_at", "is not", null)
    .where("next_delivery_at", "<=", tx.now)
    .orderBy("next_delivery_at")
    .limit(limit)
    .execute();
}

export interface OrderChange {
  readonly state?: OrderState;
  readonly sentAt?: number;
  readonly receivedAt?: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly arrivedBy?: Channel;
  readonly tried?: readonly Attempt[];
  readonly exitCode?: number | null;
  readonly error?: string | null;
  readonly output?: string;
  readonly outputTruncated?: boolean;
  readonly data?: unknown;
  readonly deliveries?: number;
  readonly nextDeliveryAt?: number | null;
}

export async function updateOrder(tx: WriteTransaction, id: OrderId, change: OrderChange): Promise<void> {
  const given = <Key extends keyof OrderChange>(key: Key) => change[key] !== undefined;
  const columns: Partial<Columns> = {
    ...(given("state") && { state: change.state! }),
    ...(given("sentAt") && { sent_at: change.sentAt! }),
    ...(given("receivedAt") && { received_at: change.receivedAt! }),
    ...(given("startedAt") && { started_at: change.startedAt! }),
    // It is sent no more: a secret in its input has done its work.
    ...(given("finishedAt") && { finished_at: change.finishedAt!, sealed_input: null }),
    ...(given("arrivedBy") && { arrived_by: change.arrivedBy! }),
    ...(given("tried") && { tried: JSON.stringify(change.tried) }),
    ...(given("exitCode") && { exit_code: change.exitCode! }),
    ...(given("error") && { error: change.error! }),
    ...(given("output") && { output: change.output! }),
    ...(given("outputTruncated") && { output_truncated: change.outputTruncated ? 1 : 0 }),
    ...(given("data") && { data: JSON.stringify(change.data) }),
    ...(given("deliveries") && { deliveries: change.deliveries! }),
    ...(given("nextDeliveryAt") && { next_delivery_at: change.nextDeliveryAt! }),
  };
  if (Object.keys(columns).length === 0) return;
  await sqlOf<Tables>(tx)
    .updateTable("orders")
    .set(columns)
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .execute();
}

/** The next number of a device's orders, from 1. */
export async function nextSequence(tx: WriteTransaction, deviceId: DeviceId): Promise<number> {
  const { rows } = await sql<{ seq: number }>`
    INSERT INTO order_sequences (tenant_id, device_id, seq) VALUES (${tx.scope.tenantId}, ${deviceId}, 1)
    ON CONFLICT (tenant_id, device_id) DO UPDATE SET seq = order_sequences.seq + 1 RETURNING seq`.execute(
    sqlOf<Tables>(tx),
  );
  return rows[0]!.seq;
}

/** The tenant's epoch, 1 until a backup was restored. */
export async function readEpoch(tx: ReadTransaction): Promise<number> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("order_epochs")
    .select("epoch")
    .where("tenant_id", "=", tx.scope.tenantId)
    .executeTakeFirst();
  return row?.epoch ?? 1;
}

export async function writeEpoch(tx: WriteTransaction, epoch: number): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("order_epochs")
    .values({ tenant_id: tx.scope.tenantId, epoch })
    .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet({ epoch }))
    .execute();
}

/** Holds what no Mac was heard to have. @returns how many */
export async function holdUndelivered(tx: WriteTransaction): Promise<number> {
  const { numUpdatedRows } = await sqlOf<Tables>(tx)
    .updateTable("orders")
    .set({ hold: "restored", next_delivery_at: null })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("finished_at", "is", null)
    .where("received_at", "is", null)
    .where("hold", "is", null)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

const heldIn = (tx: ReadTransaction) =>
  sqlOf<Tables>(tx)
    .selectFrom("orders")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("hold", "is not", null)
    .where("finished_at", "is", null);

/** Oldest first. */
export const readHeldOrders = async (tx: ReadTransaction, limit: number): Promise<readonly OrderRow[]> =>
  (await heldIn(tx).selectAll().orderBy("id").limit(limit).execute()).map(toRow);

export const countHeldOrders = async (tx: ReadTransaction): Promise<number> =>
  (
    await heldIn(tx)
      .select((e) => e.fn.countAll<number>().as("n"))
      .executeTakeFirstOrThrow()
  ).n;

/** Lets a held order go, in another envelope. */
export async function rewrapOrder(tx: WriteTransaction, id: OrderId, envelope: IntentEnvelope): Promise<void> {
  await sqlOf<Tables>(tx)
    .updateTable("orders")
    .set({ envelope: JSON.stringify(envelope), hold: null, next_delivery_at: tx.now })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .execute();
}
