import type { DeviceId } from "@pomona/facts";
import type { SealedColumn } from "../../kernel/secret.ts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

/** The key of a list in the store. */
export type ReportKind =
  | "applications"
  | "profiles"
  | "certificates"
  | "users"
  | "managed-applications"
  | "provisioning-profiles"
  | "system-updates"
  | "system-update-progress"
  | "content-caching";

interface Tables {
  device_reports: { tenant_id: string; device_id: string; kind: string; source: string; at: number; items: string };
  quarantined_messages: {
    tenant_id: string;
    id: string;
    at: number;
    channel: string;
    device_id: string | null;
    subject: string;
    reason: string;
    size_bytes: number;
    sealed_bytes: string;
  };
}

export const reportMigrations: readonly Migration[] = [
  {
    name: "devices/0002-reports",
    statements: [
      `CREATE TABLE device_reports (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, kind TEXT NOT NULL, source TEXT NOT NULL,
         at INTEGER NOT NULL, items TEXT NOT NULL, PRIMARY KEY (tenant_id, device_id, kind, source)) WITHOUT ROWID`,
      `CREATE TABLE quarantined_messages (tenant_id TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, channel TEXT NOT NULL,
         device_id TEXT, subject TEXT NOT NULL, reason TEXT NOT NULL, size_bytes INTEGER NOT NULL, sealed_bytes TEXT NOT NULL,
         PRIMARY KEY (tenant_id, id)) WITHOUT ROWID`,
    ],
  },
];

export const quarantineSealed: SealedColumn = { table: "quarantined_messages", column: "sealed_bytes", id: "id" };

/** The newest list of its kind from one source; the one before is replaced. */
export async function storeReport(
  tx: WriteTransaction,
  deviceId: DeviceId,
  report: {
    readonly kind: ReportKind;
    readonly source: "mdm" | "agent";
    readonly at: number;
    readonly items: readonly unknown[];
  },
): Promise<void> {
  const { kind, source, at } = report;
  const items = JSON.stringify(report.items);
  await sqlOf<Tables>(tx)
    .insertInto("device_reports")
    .values({ tenant_id: tx.scope.tenantId, device_id: deviceId, kind, source, at, items })
    .onConflict((c) => c.columns(["tenant_id", "device_id", "kind", "source"]).doUpdateSet({ at, items }))
    .execute();
}

export async function readReports(
  tx: ReadTransaction,
  deviceId: DeviceId,
  kind: ReportKind,
): Promise<readonly { readonly source: "mdm" | "agent"; readonly at: number; readonly items: readonly unknown[] }[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("device_reports")
    .select(["source", "at", "items"])
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .where("kind", "=", kind)
    .execute();
  return rows.map((row) => ({
    source: row.source as "mdm" | "agent",
    at: row.at,
    items: JSON.parse(row.items) as unknown[],
  }));
}

export async function insertQuarantined(
  tx: WriteTransaction,
  message: Omit<Tables["quarantined_messages"], "tenant_id" | "at">,
): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("quarantined_messages")
    .values({ tenant_id: tx.scope.tenantId, at: tx.now, ...message })
    .execute();
}

/** Keeps the newest `keep` of the scope's tenant. */
export async function trimQuarantined(tx: WriteTransaction, keep: number): Promise<void> {
  const oldest = await sqlOf<Tables>(tx)
    .selectFrom("quarantined_messages")
    .select("id")
    .where("tenant_id", "=", tx.scope.tenantId)
    .orderBy("id", "desc")
    .offset(keep)
    .limit(1)
    .executeTakeFirst();
  if (oldest === undefined) return;
  await sqlOf<Tables>(tx)
    .deleteFrom("quarantined_messages")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "<=", oldest.id)
    .execute();
}

export const readQuarantined = (tx: ReadTransaction, before: string | undefined, limit: number) =>
  sqlOf<Tables>(tx)
    .selectFrom("quarantined_messages")
    .select(["id", "at", "channel", "device_id", "subject", "reason", "size_bytes"])
    .where("tenant_id", "=", tx.scope.tenantId)
    .$if(before !== undefined, (query) => query.where("id", "<", before!))
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
