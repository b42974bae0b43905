import type { RefusalReason } from "@pomona/contract";
import { asId, type DeviceId } from "@pomona/facts";
import { newId } from "../../kernel/clock.ts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Columns {
  tenant_id: string;
  id: string;
  certificate: string;
  reason: string;
  detail: string | null;
  first_at: number;
  last_at: number;
  times: number;
  device_id: string | null;
  serial_number: string | null;
  identifier: string | null;
  address: string | null;
}
interface Tables {
  enrollment_refusals: Columns;
}

/** One row for a certificate and reason: who tries on for a day does not push the others out. */
export const refusalMigrations: readonly Migration[] = [
  {
    name: "enrollment/0105-refusals",
    statements: [
      `CREATE TABLE enrollment_refusals (tenant_id TEXT NOT NULL, id TEXT NOT NULL, certificate TEXT NOT NULL,
         reason TEXT NOT NULL, detail TEXT, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, times INTEGER NOT NULL,
         device_id TEXT, serial_number TEXT, identifier TEXT, address TEXT, PRIMARY KEY (tenant_id, id)) WITHOUT ROWID`,
      "CREATE UNIQUE INDEX enrollment_refusals_by_certificate ON enrollment_refusals (tenant_id, certificate, reason)",
      "CREATE INDEX enrollment_refusals_by_reason ON enrollment_refusals (tenant_id, reason, last_at, id)",
    ],
  },
];

/** Kept of each reason, the newest: expired identities by the hundred leave the replays where they are. */
export const MOST_OF_A_REASON = 200;

export interface RefusedMessage {
  /** SHA-256 of the certificate that it came with. */
  readonly certificate: string;
  readonly reason: RefusalReason;
  readonly detail: string | null;
  readonly deviceId: DeviceId | null;
  /** What it says of itself. */
  readonly serialNumber: string | null;
  readonly identifier: string | null;
  readonly address: string | null;
}
export interface RefusalRow extends RefusedMessage {
  readonly id: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly times: number;
}

export async function putRefusal(tx: WriteTransaction, message: RefusedMessage, times: number): Promise<void> {
  const { tenantId } = tx.scope;
  const { certificate, reason, detail, address } = message;
  const newest = {
    detail,
    last_at: tx.now,
    device_id: message.deviceId,
    serial_number: message.serialNumber,
    identifier: message.identifier,
    address,
  };
  const key = { tenant_id: tenantId, id: newId<"refusal">(tx.now), certificate, reason };
  await sqlOf<Tables>(tx)
    .insertInto("enrollment_refusals")
    .values({ ...key, ...newest, first_at: tx.now, times })
    .onConflict((conflict) =>
      conflict
        .columns(["tenant_id", "certificate", "reason"])
        .doUpdateSet((held) => ({ ...newest, times: held("enrollment_refusals.times", "+", times) })),
    )
    .execute();
  const surplus = await sqlOf<Tables>(tx)
    .selectFrom("enrollment_refusals")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("reason", "=", reason)
    .orderBy("last_at", "desc")
    .orderBy("id", "desc")
    .limit(10)
    .offset(MOST_OF_A_REASON)
    .execute();
  if (surplus.length === 0) return;
  const ids = surplus.map(({ id }) => id);
  await sqlOf<Tables>(tx)
    .deleteFrom("enrollment_refusals")
    .where("tenant_id", "=", tenantId)
    .where("id", "in", ids)
    .execute();
}

/** Newest first; `after` is the last one of the page before. */
export async function readRefusals(
  tx: ReadTransaction,
  asked: {
    readonly limit: number;
    readonly reason?: RefusalReason | undefined;
    readonly after?: { readonly lastAt: number; readonly id: string } | undefined;
  },
): Promise<readonly RefusalRow[]> {
  let query = sqlOf<Tables>(tx)
    .selectFrom("enrollment_refusals")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .orderBy("last_at", "desc")
    .orderBy("id", "desc")
    .limit(asked.limit);
  const { reason, after } = asked;
  if (reason !== undefined) query = query.where("reason", "=", reason);
  if (after !== undefined)
    query = query.where(({ eb, and, or }) =>
      or([eb("last_at", "<", after.lastAt), and([eb("last_at", "=", after.lastAt), eb("id", "<", after.id)])]),
    );
  return (await query.execute()).map((row) => ({
    id: row.id,
    certificate: row.certificate,
    reason: row.reason as RefusalReason,
    detail: row.detail,
    firstAt: row.first_at,
    lastAt: row.last_at,
    times: row.times,
    deviceId: row.device_id === null ? null : asId<"device">(row.device_id),
    serialNumber: row.serial_number,
    identifier: row.identifier,
    address: row.address,
  }));
}
