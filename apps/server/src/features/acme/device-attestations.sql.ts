import type { AttestationRefusal } from "@pomona/contract";
import type { DeviceId } from "@pomona/facts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { AttestedClaims } from "./attestation-claims.ts";

interface Tables {
  device_attestations: {
    tenant_id: string;
    device_id: string;
    claims: string | null;
    attested_at: number | null;
    refused_reason: string | null;
    refused_at: number | null;
  };
}

/** One row for a Mac: the newest answer that held, and why a later one did not. */
export const deviceAttestationMigrations: readonly Migration[] = [
  {
    name: "acme/0004-device-attestations",
    statements: [
      `CREATE TABLE device_attestations (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, claims TEXT, attested_at INTEGER,
         refused_reason TEXT, refused_at INTEGER, PRIMARY KEY (tenant_id, device_id)) WITHOUT ROWID`,
    ],
  },
];

export type Claims = AttestedClaims & { readonly serialNumber: string };

export interface DeviceAttestation {
  readonly attested: { readonly claims: Claims; readonly at: number } | null;
  readonly refused: { readonly reason: AttestationRefusal["reason"]; readonly at: number } | null;
}

const put = async (
  tx: WriteTransaction,
  deviceId: DeviceId,
  values: Partial<Omit<Tables["device_attestations"], "tenant_id" | "device_id">>,
): Promise<void> => {
  await sqlOf<Tables>(tx)
    .insertInto("device_attestations")
    .values({ tenant_id: tx.scope.tenantId, device_id: deviceId, ...values })
    .onConflict((conflict) => conflict.columns(["tenant_id", "device_id"]).doUpdateSet(values))
    .execute();
};

export const putAttested = (tx: WriteTransaction, deviceId: DeviceId, claims: Claims): Promise<void> =>
  put(tx, deviceId, {
    claims: JSON.stringify(claims),
    attested_at: tx.now,
    refused_reason: null,
    refused_at: null,
  });

/** What was attested before stays, with its time. */
export const putRefused = (
  tx: WriteTransaction,
  deviceId: DeviceId,
  reason: AttestationRefusal["reason"],
): Promise<void> => put(tx, deviceId, { refused_reason: reason, refused_at: tx.now });

export async function readDeviceAttestation(
  tx: ReadTransaction,
  deviceId: DeviceId,
): Promise<DeviceAttestation | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("device_attestations")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    attested:
      row.claims === null || row.attested_at === null
        ? null
        : { claims: JSON.parse(row.claims) as Claims, at: row.attested_at },
    refused:
      row.refused_reason === null || row.refused_at === null
        ? null
        : { reason: row.refused_reason as AttestationRefusal["reason"], at: row.refused_at },
  };
}
