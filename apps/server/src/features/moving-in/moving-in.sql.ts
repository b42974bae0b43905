import { asId, type DeviceId, type TenantId } from "@pomona/facts";
import type { MdmTerms } from "@pomona/profiles";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Tables {
  moved_issuers: { tenant_id: string; hash: string; certificate: string; added_at: number };
  moved_enrollments: {
    tenant_id: string;
    enrollment_id: string;
    identifier: string;
    device_id: string;
    is_pinned: number;
    moved_at: number;
    arrived_at: number | null;
  };
  moving_windows: { tenant_id: string; until: number };
  moved_profiles: { tenant_id: string; terms: string };
}

export const movingInMigrations: readonly Migration[] = [
  {
    name: "moving-in/0001-moving-in",
    statements: [
      `CREATE TABLE moved_issuers (tenant_id TEXT NOT NULL, hash TEXT NOT NULL, certificate TEXT NOT NULL,
         added_at INTEGER NOT NULL, PRIMARY KEY (tenant_id, hash)) WITHOUT ROWID`,
      `CREATE TABLE moved_enrollments (tenant_id TEXT NOT NULL, enrollment_id TEXT NOT NULL, identifier TEXT NOT NULL,
         device_id TEXT NOT NULL, is_pinned INTEGER NOT NULL, moved_at INTEGER NOT NULL, arrived_at INTEGER,
         PRIMARY KEY (tenant_id, enrollment_id)) WITHOUT ROWID`,
      "CREATE INDEX moved_enrollments_by_identifier ON moved_enrollments (tenant_id, identifier)",
      "CREATE INDEX moved_enrollments_away ON moved_enrollments (moved_at) WHERE arrived_at IS NULL",
      "CREATE TABLE moved_profiles (tenant_id TEXT PRIMARY KEY, terms TEXT NOT NULL) WITHOUT ROWID",
      "CREATE TABLE moving_windows (tenant_id TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID",
    ],
  },
];

/** A CA of the old server; DER in base64. */
export interface MovedIssuer {
  readonly tenantId: TenantId;
  readonly hash: string;
  readonly certificate: Uint8Array;
}

/** @returns whether it is new */
export async function putIssuer(tx: WriteTransaction, hash: string, certificate: Uint8Array): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await sqlOf<Tables>(tx)
    .insertInto("moved_issuers")
    .values({
      tenant_id: tx.scope.tenantId,
      hash,
      certificate: Buffer.from(certificate).toString("base64"),
      added_at: tx.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** What the old server's Macs agreed with it. @returns whether that is news */
export async function putTerms(tx: WriteTransaction, terms: MdmTerms): Promise<boolean> {
  const text = JSON.stringify(terms);
  const known = await readTerms(tx);
  if (known !== undefined && JSON.stringify(known) === text) return false;
  await sqlOf<Tables>(tx)
    .insertInto("moved_profiles")
    .values({ tenant_id: tx.scope.tenantId, terms: text })
    .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet({ terms: text }))
    .execute();
  return true;
}

export async function readTerms(tx: ReadTransaction): Promise<MdmTerms | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("moved_profiles")
    .select("terms")
    .where("tenant_id", "=", tx.scope.tenantId)
    .executeTakeFirst();
  return row && (JSON.parse(row.terms) as MdmTerms);
}

/** Issuers of the tenant, or of those tenants whose window is open. */
export async function readIssuers(tx: ReadTransaction, of: "tenant" | "open windows"): Promise<readonly MovedIssuer[]> {
  const db = sqlOf<Tables>(tx);
  const query = db
    .selectFrom("moved_issuers as issuer")
    .select(["issuer.tenant_id", "issuer.hash", "issuer.certificate"]);
  const rows =
    of === "tenant"
      ? await query.where("issuer.tenant_id", "=", tx.scope.tenantId).execute()
      : await query
          .innerJoin("moving_windows as window", "window.tenant_id", "issuer.tenant_id")
          .where("window.until", ">", tx.now)
          .execute();
  return rows.map((row) => ({
    tenantId: asId<"tenant">(row.tenant_id),
    hash: row.hash,
    certificate: Buffer.from(row.certificate, "base64"),
  }));
}

export async function insertMoved(
  tx: WriteTransaction,
  moved: {
    readonly enrollmentId: string;
    readonly identifier: string;
    readonly deviceId: DeviceId;
    readonly isPinned: boolean;
  },
): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("moved_enrollments")
    .values({
      tenant_id: tx.scope.tenantId,
      enrollment_id: moved.enrollmentId,
      identifier: moved.identifier,
      device_id: moved.deviceId,
      is_pinned: moved.isPinned ? 1 : 0,
      moved_at: tx.now,
      arrived_at: null,
    })
    .execute();
}

/** Takes the one chance of an enrollment that moved without a certificate. @returns its ids; undefined when there is none */
export async function takeUnpinned(
  tx: WriteTransaction,
  identifier: string,
): Promise<{ readonly enrollmentId: string; readonly deviceId: DeviceId } | undefined> {
  const row = await sqlOf<Tables>(tx)
    .updateTable("moved_enrollments")
    .set({ is_pinned: 1 })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("identifier", "=", identifier)
    .where("is_pinned", "=", 0)
    .returning(["enrollment_id", "device_id"])
    .executeTakeFirst();
  return row && { enrollmentId: row.enrollment_id, deviceId: asId<"device">(row.device_id) };
}

export interface AwayMac {
  readonly tenantId: TenantId;
  readonly enrollmentId: string;
  readonly deviceId: DeviceId;
  /** ms */
  readonly movedAt: number;
}

/** Macs of all tenants that were taken over and have not come by yet. */
export async function readAway(tx: ReadTransaction, limit: number): Promise<readonly AwayMac[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("moved_enrollments")
    .select(["tenant_id", "enrollment_id", "device_id", "moved_at"])
    .where("arrived_at", "is", null)
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    tenantId: asId<"tenant">(row.tenant_id),
    enrollmentId: row.enrollment_id,
    deviceId: asId<"device">(row.device_id),
    movedAt: row.moved_at,
  }));
}

/** @returns false when that was noted before */
export async function noteArrived(tx: WriteTransaction, enrollmentId: string): Promise<boolean> {
  const { numUpdatedRows } = await sqlOf<Tables>(tx)
    .updateTable("moved_enrollments")
    .set({ arrived_at: tx.now })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("enrollment_id", "=", enrollmentId)
    .where("arrived_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function countMoved(tx: ReadTransaction) {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("moved_enrollments")
    .select((e) => [
      e.fn.countAll<number>().as("imported"),
      e.fn.count<number>("arrived_at").as("arrived"),
      e.fn.sum<number | null>("is_pinned").as("pinned"),
    ])
    .where("tenant_id", "=", tx.scope.tenantId)
    .executeTakeFirstOrThrow();
  return { imported: row.imported, arrived: row.arrived, unpinned: row.imported - (row.pinned ?? 0) };
}

/** Until when a window is open, in ms; null when it is closed. */
export async function readWindow(tx: ReadTransaction): Promise<number | null> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("moving_windows")
    .select("until")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("until", ">", tx.now)
    .executeTakeFirst();
  return row?.until ?? null;
}

export async function setWindow(tx: WriteTransaction, until: number | null): Promise<void> {
  const db = sqlOf<Tables>(tx);
  await db.deleteFrom("moving_windows").where("tenant_id", "=", tx.scope.tenantId).execute();
  if (until !== null) await db.insertInto("moving_windows").values({ tenant_id: tx.scope.tenantId, until }).execute();
}
