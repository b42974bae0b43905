import type { DeviceId } from "@pomona/facts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Tables {
  agent_renewals: { tenant_id: string; device_id: string; hash: string };
}

/** Certificates that were issued for a renewal and have not been used yet: one for each device at most. */
export const renewalMigrations: readonly Migration[] = [
  {
    name: "agents/0003-renewals",
    statements: [
      `CREATE TABLE agent_renewals (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, hash TEXT NOT NULL,
         PRIMARY KEY (tenant_id, device_id)) WITHOUT ROWID`,
    ],
  },
];

/** @returns SHA-256 of the certificate, lower hex */
export async function readRenewal(tx: ReadTransaction, deviceId: DeviceId): Promise<string | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("agent_renewals")
    .select("hash")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .executeTakeFirst();
  return row?.hash;
}

export async function putRenewal(tx: WriteTransaction, deviceId: DeviceId, hash: string): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("agent_renewals")
    .values({ tenant_id: tx.scope.tenantId, device_id: deviceId, hash })
    .onConflict((conflict) => conflict.columns(["tenant_id", "device_id"]).doUpdateSet({ hash }))
    .execute();
}

export async function deleteRenewal(tx: WriteTransaction, deviceId: DeviceId): Promise<void> {
  await sqlOf<Tables>(tx)
    .deleteFrom("agent_renewals")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .execute();
}
