import type { DeviceId } from "@pomona/facts";
import type { Sealed } from "../../kernel/secret.ts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Tables {
  bootstrap_tokens: { tenant_id: string; device_id: string; sealed_token: string; stored_at: number };
}

export const escrowMigrations: readonly Migration[] = [
  {
    name: "escrow/0001-bootstrap-tokens",
    statements: [
      `CREATE TABLE bootstrap_tokens (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, sealed_token TEXT NOT NULL,
         stored_at INTEGER NOT NULL, PRIMARY KEY (tenant_id, device_id)) WITHOUT ROWID`,
    ],
  },
];

export async function putToken(tx: WriteTransaction, deviceId: DeviceId, token: Sealed): Promise<void> {
  const values = { sealed_token: JSON.stringify(token), stored_at: tx.now };
  await sqlOf<Tables>(tx)
    .insertInto("bootstrap_tokens")
    .values({ tenant_id: tx.scope.tenantId, device_id: deviceId, ...values })
    .onConflict((conflict) => conflict.columns(["tenant_id", "device_id"]).doUpdateSet(values))
    .execute();
}

/** @returns whether there was one */
export async function deleteToken(tx: WriteTransaction, deviceId: DeviceId): Promise<boolean> {
  const { numDeletedRows } = await sqlOf<Tables>(tx)
    .deleteFrom("bootstrap_tokens")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function readToken(tx: ReadTransaction, deviceId: DeviceId): Promise<Sealed | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("bootstrap_tokens")
    .select("sealed_token")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .executeTakeFirst();
  return row && (JSON.parse(row.sealed_token) as Sealed);
}
