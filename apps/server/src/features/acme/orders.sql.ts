import { asId } from "@pomona/facts";
import type { SealedColumn } from "../../kernel/secret.ts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { AttestedClaims } from "./attestation-claims.ts";
import type { Order, OrderStatus } from "./model.ts";
import type { ProblemBody } from "./problem.ts";

interface Columns {
  tenant_id: string;
  id: string;
  account_id: string;
  enrollment_id: string;
  identifier_hash: string;
  sealed_identifier: string;
  status: string;
  token: string;
  error: string | null;
  attested_spki: string | null;
  claims: string | null;
  attested_at: number | null;
  certificate: string | null;
  created_at: number;
  expires_at: number;
}
interface Tables {
  acme_orders: Columns;
}

export const orderMigrations: readonly Migration[] = [
  {
    name: "acme/0002-orders",
    statements: [
      `CREATE TABLE acme_orders (tenant_id TEXT NOT NULL, id TEXT NOT NULL, account_id TEXT NOT NULL,
         enrollment_id TEXT NOT NULL, identifier_hash TEXT NOT NULL, sealed_identifier TEXT NOT NULL, status TEXT NOT NULL,
         token TEXT NOT NULL, error TEXT, attested_spki TEXT, claims TEXT, attested_at INTEGER, certificate TEXT,
         created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (tenant_id, id)) WITHOUT ROWID`,
      "CREATE INDEX acme_orders_by_account ON acme_orders (tenant_id, account_id, id)",
      "CREATE INDEX acme_orders_by_identifier ON acme_orders (tenant_id, identifier_hash)",
      "CREATE INDEX acme_orders_by_end ON acme_orders (expires_at)",
    ],
  },
];

export const acmeSealed: SealedColumn = { table: "acme_orders", column: "sealed_identifier", id: "id" };

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

const toOrder = (row: Columns): Order => ({
  tenantId: asId<"tenant">(row.tenant_id),
  id: row.id,
  accountId: row.account_id,
  enrollmentId: row.enrollment_id,
  identifierHash: row.identifier_hash,
  sealedIdentifier: row.sealed_identifier,
  status: row.status as OrderStatus,
  token: row.token,
  error: row.error === null ? null : (JSON.parse(row.error) as ProblemBody),
  attested:
    row.attested_spki === null || row.claims === null || row.attested_at === null
      ? null
      : {
          spki: Buffer.from(row.attested_spki, "base64"),
          claims: JSON.parse(row.claims) as AttestedClaims,
          at: row.attested_at,
        },
  certificate: row.certificate === null ? null : Buffer.from(row.certificate, "base64"),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});

export async function insertOrder(
  tx: WriteTransaction,
  order: Pick<
    Order,
    "id" | "accountId" | "enrollmentId" | "identifierHash" | "sealedIdentifier" | "token" | "expiresAt"
  >,
): Promise<Order> {
  const row: Columns = {
    tenant_id: tx.scope.tenantId,
    id: order.id,
    account_id: order.accountId,
    enrollment_id: order.enrollmentId,
    identifier_hash: order.identifierHash,
    sealed_identifier: order.sealedIdentifier,
    status: "pending",
    token: order.token,
    error: null,
    attested_spki: null,
    claims: null,
    attested_at: null,
    certificate: null,
    created_at: tx.now,
    expires_at: order.expiresAt,
  };
  await sqlOf<Tables>(tx).insertInto("acme_orders").values(row).execute();
  return toOrder(row);
}

/** An order of an account; those of others do not exist for it. */
export async function readOrder(tx: ReadTransaction, accountId: string, id: string): Promise<Order | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("acme_orders")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return row && toOrder(row);
}

/** Ids of an account's orders, newest first. */
export async function readOrderIds(tx: ReadTransaction, accountId: string, limit: number): Promise<readonly string[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("acme_orders")
    .select("id")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("account_id", "=", accountId)
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

async function countWhere(
  tx: ReadTransaction,
  column: "identifier_hash" | "account_id",
  value: string,
): Promise<number> {
  const { total } = await sqlOf<Tables>(tx)
    .selectFrom("acme_orders")
    .select((e) => e.fn.countAll<number>().as("total"))
    .where("tenant_id", "=", tx.scope.tenantId)
    .where(column, "=", value)
    .executeTakeFirstOrThrow();
  return total;
}
export const countOrdersOfIdentifier = (tx: ReadTransaction, hash: string) => countWhere(tx, "identifier_hash", hash);
export const countOrdersOfAccount = (tx: ReadTransaction, id: string) => countWhere(tx, "account_id", id);

/** A step of the order's life. */
export type OrderStep =
  | { readonly from: "pending"; readonly to: "ready"; readonly attested: NonNullable<Order["attested"]> }
  | { readonly from: "pending" | "ready"; readonly to: "invalid"; readonly error: ProblemBody }
  | { readonly from: "ready"; readonly to: "valid"; readonly certificate: Uint8Array };

/** Takes the step if the order still stands where it begins. @returns whether it did: of two at once, one does */
export async function stepOrder(tx: WriteTransaction, id: string, step: OrderStep): Promise<boolean> {
  const columns: Partial<Columns> = { status: step.to };
  if (step.to === "ready") {
    columns.attested_spki = base64(step.attested.spki);
    columns.claims = JSON.stringify(step.attested.claims);
    columns.attested_at = step.attested.at;
  } else if (step.to === "invalid") columns.error = JSON.stringify(step.error);
  else columns.certificate = base64(step.certificate);
  const { numUpdatedRows } = await sqlOf<Tables>(tx)
    .updateTable("acme_orders")
    .set(columns)
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .where("status", "=", step.from)
    .where("expires_at", ">", tx.now)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Orders of all tenants that ended before. */
export async function deleteOldOrders(tx: WriteTransaction, endedBefore: number): Promise<void> {
  await sqlOf<Tables>(tx).deleteFrom("acme_orders").where("expires_at", "<", endedBefore).execute();
}
