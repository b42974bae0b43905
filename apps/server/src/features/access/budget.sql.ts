import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Tables {
  budget_charges: { tenant_id: string; actor_id: string; risk: string; hour: number; devices: number };
  idempotency_keys: {
    tenant_id: string;
    actor_id: string;
    action: string;
    key: string;
    input_hash: string;
    output: string;
    created_at: number;
  };
}

export const budgetMigrations: readonly Migration[] = [
  {
    name: "access/0002-budgets",
    statements: [
      `CREATE TABLE budget_charges (tenant_id TEXT NOT NULL, actor_id TEXT NOT NULL, risk TEXT NOT NULL, hour INTEGER NOT NULL,
         devices INTEGER NOT NULL, PRIMARY KEY (tenant_id, actor_id, risk, hour)) WITHOUT ROWID`,
      `CREATE TABLE idempotency_keys (tenant_id TEXT NOT NULL, actor_id TEXT NOT NULL, action TEXT NOT NULL, key TEXT NOT NULL,
         input_hash TEXT NOT NULL, output TEXT NOT NULL, created_at INTEGER NOT NULL,
         PRIMARY KEY (tenant_id, actor_id, action, key)) WITHOUT ROWID`,
      "CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at)",
    ],
  },
];

/** What an actor has touched in an hour. */
export async function readCharge(tx: ReadTransaction, actorId: string, risk: string, hour: number): Promise<number> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("budget_charges")
    .select("devices")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("actor_id", "=", actorId)
    .where("risk", "=", risk)
    .where("hour", "=", hour)
    .executeTakeFirst();
  return row?.devices ?? 0;
}

/** Adds to what an actor has touched in an hour, and says how much that makes. */
export async function addCharge(
  tx: WriteTransaction,
  actorId: string,
  risk: string,
  hour: number,
  devices: number,
): Promise<number> {
  const row = await sqlOf<Tables>(tx)
    .insertInto("budget_charges")
    .values({ tenant_id: tx.scope.tenantId, actor_id: actorId, risk, hour, devices })
    .onConflict((conflict) =>
      conflict
        .columns(["tenant_id", "actor_id", "risk", "hour"])
        .doUpdateSet((e) => ({ devices: e("budget_charges.devices", "+", devices) })),
    )
    .returning("devices")
    .executeTakeFirstOrThrow();
  return row.devices;
}

export const findKey = (
  tx: ReadTransaction,
  action: string,
  key: string,
): Promise<{ readonly input_hash: string; readonly output: string; readonly created_at: number } | undefined> =>
  sqlOf<Tables>(tx)
    .selectFrom("idempotency_keys")
    .select(["input_hash", "output", "created_at"])
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("actor_id", "=", tx.scope.actor.id)
    .where("action", "=", action)
    .where("key", "=", key)
    .executeTakeFirst();

export async function insertKey(
  tx: WriteTransaction,
  action: string,
  key: string,
  inputHash: string,
  output: string,
): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("idempotency_keys")
    .values({
      tenant_id: tx.scope.tenantId,
      actor_id: tx.scope.actor.id,
      action,
      key,
      input_hash: inputHash,
      output,
      created_at: tx.now,
    })
    // An older use of the key is beyond its 24 hours, or it would have been found.
    .onConflict((conflict) =>
      conflict
        .columns(["tenant_id", "actor_id", "action", "key"])
        .doUpdateSet({ input_hash: inputHash, output, created_at: tx.now }),
    )
    .execute();
}

export async function deleteOld(tx: WriteTransaction, keysBefore: number, hoursBefore: number): Promise<void> {
  await sqlOf<Tables>(tx).deleteFrom("idempotency_keys").where("created_at", "<", keysBefore).execute();
  await sqlOf<Tables>(tx).deleteFrom("budget_charges").where("hour", "<", hoursBefore).execute();
}
