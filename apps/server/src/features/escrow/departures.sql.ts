import type { DepartureStepName } from "@pomona/contract";
import { asId, type DeviceId, type TenantId } from "@pomona/facts";
import { sql } from "kysely";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { DepartureRow } from "./departure-model.ts";

interface Columns {
  tenant_id: string;
  device_id: string;
  state: string;
  started_at: number;
  started_by: string;
  ended_at: number | null;
  choice: string | null;
  account: string | null;
  step: string | null;
  steps: string;
  accounts: string | null;
}
interface Tables {
  escrow_departures: Columns;
}

export const departureMigrations: readonly Migration[] = [
  {
    name: "escrow/0008-departures",
    statements: [
      `CREATE TABLE escrow_departures (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, state TEXT NOT NULL,
         started_at INTEGER NOT NULL, started_by TEXT NOT NULL, ended_at INTEGER, choice TEXT, account TEXT, step TEXT,
         steps TEXT NOT NULL, accounts TEXT, PRIMARY KEY (tenant_id, device_id)) WITHOUT ROWID`,
      "CREATE INDEX escrow_departures_open ON escrow_departures (step) WHERE state = 'open'",
    ],
  },
  {
    name: "escrow/0009-open-departures",
    statements: [
      "CREATE INDEX escrow_departures_of_tenant ON escrow_departures (tenant_id, device_id) WHERE state = 'open'",
    ],
  },
];

const toRow = (row: Columns): DepartureRow => ({
  deviceId: asId<"device">(row.device_id),
  state: row.state as DepartureRow["state"],
  startedAt: row.started_at,
  startedBy: row.started_by,
  endedAt: row.ended_at,
  choice: row.choice as DepartureRow["choice"],
  account: row.account === null ? null : (JSON.parse(row.account) as DepartureRow["account"]),
  step: row.step as DepartureStepName | null,
  steps: JSON.parse(row.steps) as DepartureRow["steps"],
  accounts: row.accounts === null ? null : (JSON.parse(row.accounts) as DepartureRow["accounts"]),
});

/** Writes the whole runbook of a Mac; there is one, and a new one takes the place of one that ended. */
export async function putDeparture(tx: WriteTransaction, row: DepartureRow): Promise<void> {
  const values = {
    state: row.state,
    started_at: row.startedAt,
    started_by: row.startedBy,
    ended_at: row.endedAt,
    choice: row.choice,
    account: row.account === null ? null : JSON.stringify(row.account),
    step: row.step,
    steps: JSON.stringify(row.steps),
    accounts: row.accounts === null ? null : JSON.stringify(row.accounts),
  };
  await sqlOf<Tables>(tx)
    .insertInto("escrow_departures")
    .values({ tenant_id: tx.scope.tenantId, device_id: row.deviceId, ...values })
    .onConflict((conflict) => conflict.columns(["tenant_id", "device_id"]).doUpdateSet(values))
    .execute();
}

export async function readDeparture(tx: ReadTransaction, deviceId: DeviceId): Promise<DepartureRow | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("escrow_departures")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .executeTakeFirst();
  return row && toRow(row);
}

/** Open ones, in the order of their Macs' ids. */
export async function readOpenDepartures(tx: ReadTransaction, after: string | undefined, limit: number) {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("escrow_departures")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("state", "=", sql.lit("open"))
    .$if(after !== undefined, (query) => query.where("device_id", ">", after!))
    .orderBy("device_id")
    .limit(limit)
    .execute();
  return rows.map(toRow);
}

/** Runbooks that wait for somebody to log in, of all tenants. */
export async function readAtLogin(tx: ReadTransaction, limit: number) {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("escrow_departures")
    .selectAll()
    .where("state", "=", "open")
    .where("step", "=", "login")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ tenantId: asId<"tenant">(row.tenant_id) as TenantId, departure: toRow(row) }));
}
