import { asId, type DeviceId } from "@pomona/facts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Tables {
  agent_installs: {
    tenant_id: string;
    device_id: string;
    state: string;
    command_id: string | null;
    minted: number;
    next_at: number | null;
    updated_at: number;
  };
  agent_tokens: {
    tenant_id: string;
    hash: string;
    device_id: string;
    serial_number: string;
    expires_at: number;
    used_at: number | null;
    spki_hash: string | null;
    certificate: string | null;
  };
}

export const installMigrations: readonly Migration[] = [
  {
    name: "agents/0002-installs",
    statements: [
      `CREATE TABLE agent_installs (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, state TEXT NOT NULL, command_id TEXT,
         minted INTEGER NOT NULL DEFAULT 0, next_at INTEGER, updated_at INTEGER NOT NULL,
         PRIMARY KEY (tenant_id, device_id)) WITHOUT ROWID`,
      "CREATE INDEX agent_installs_due ON agent_installs (next_at) WHERE next_at IS NOT NULL",
      `CREATE TABLE agent_tokens (tenant_id TEXT NOT NULL, hash TEXT NOT NULL, device_id TEXT NOT NULL,
         serial_number TEXT NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER, spki_hash TEXT, certificate TEXT,
         PRIMARY KEY (tenant_id, hash)) WITHOUT ROWID`,
      "CREATE INDEX agent_tokens_by_end ON agent_tokens (expires_at)",
    ],
  },
];

/** `requested`: the Mac was told to install. `installed`: it said yes, and the agent has not come yet. `enrolled`. */
export type InstallState = "requested" | "installed" | "enrolled";

export interface InstallRow {
  readonly deviceId: DeviceId;
  readonly state: InstallState;
  readonly commandId: string | null;
  /** Tokens minted since the installation, for the back-off. */
  readonly minted: number;
  /** When the job looks at it next. */
  readonly nextAt: number | null;
}

const toRow = (row: Tables["agent_installs"]): InstallRow => ({
  deviceId: asId<"device">(row.device_id),
  state: row.state as InstallState,
  commandId: row.command_id,
  minted: row.minted,
  nextAt: row.next_at,
});

export async function readInstall(tx: ReadTransaction, deviceId: DeviceId): Promise<InstallRow | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("agent_installs")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .executeTakeFirst();
  return row && toRow(row);
}

export async function putInstall(tx: WriteTransaction, install: InstallRow): Promise<void> {
  const values = {
    state: install.state,
    command_id: install.commandId,
    minted: install.minted,
    next_at: install.nextAt,
    updated_at: tx.now,
  };
  await sqlOf<Tables>(tx)
    .insertInto("agent_installs")
    .values({ tenant_id: tx.scope.tenantId, device_id: install.deviceId, ...values })
    .onConflict((conflict) => conflict.columns(["tenant_id", "device_id"]).doUpdateSet(values))
    .execute();
}

/** With the device's tokens: an unspent one is good for nothing any more. */
export async function deleteInstall(tx: WriteTransaction, deviceId: DeviceId): Promise<void> {
  for (const table of ["agent_installs", "agent_tokens"] as const) {
    await sqlOf<Tables>(tx)
      .deleteFrom(table)
      .where("tenant_id", "=", tx.scope.tenantId)
      .where("device_id", "=", deviceId)
      .execute();
  }
}

/** Of all tenants. */
export const readDueInstalls = (tx: ReadTransaction, limit: number) =>
  sqlOf<Tables>(tx)
    .selectFrom("agent_installs")
    .select(["tenant_id", "device_id"])
    .where("next_at", "is not", null)
    .where("next_at", "<=", tx.now)
    .orderBy("next_at")
    .limit(limit)
    .execute();

export interface TokenRow {
  readonly hash: string;
  readonly deviceId: DeviceId;
  readonly serialNumber: string;
  readonly expiresAt: number;
  readonly usedAt: number | null;
  /** Of the key that used it, so that an answer that got lost can be given again. */
  readonly spkiHash: string | null;
  /** PEM that was answered. */
  readonly certificate: string | null;
}

export async function insertToken(
  tx: WriteTransaction,
  token: Pick<TokenRow, "hash" | "deviceId" | "serialNumber" | "expiresAt">,
): Promise<void> {
  await sqlOf<{ agent_tokens: Partial<Tables["agent_tokens"]> }>(tx)
    .insertInto("agent_tokens")
    .values({
      tenant_id: tx.scope.tenantId,
      hash: token.hash,
      device_id: token.deviceId,
      serial_number: token.serialNumber,
      expires_at: token.expiresAt,
    })
    .execute();
}

export async function readToken(tx: ReadTransaction, hash: string): Promise<TokenRow | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("agent_tokens")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("hash", "=", hash)
    .executeTakeFirst();
  return (
    row && {
      hash: row.hash,
      deviceId: asId<"device">(row.device_id),
      serialNumber: row.serial_number,
      expiresAt: row.expires_at,
      usedAt: row.used_at,
      spkiHash: row.spki_hash,
      certificate: row.certificate,
    }
  );
}

export async function markTokenUsed(
  tx: WriteTransaction,
  hash: string,
  by: { readonly spkiHash: string; readonly certificate: string },
): Promise<void> {
  await sqlOf<Tables>(tx)
    .updateTable("agent_tokens")
    .set({ used_at: tx.now, spki_hash: by.spkiHash, certificate: by.certificate })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("hash", "=", hash)
    .execute();
}

/** Of all tenants. */
export async function deleteOldTokens(tx: WriteTransaction, before: number): Promise<void> {
  await sqlOf<Tables>(tx).deleteFrom("agent_tokens").where("expires_at", "<", before).execute();
}
