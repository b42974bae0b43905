import type { TenantId } from "@pomona/facts";
import { asId } from "@pomona/facts";
import type { KmsRecipient } from "../../kernel/secret.ts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Columns {
  tenant_id: string;
  key_id: string;
  spki: string;
  since: number;
  state: string;
  state_since: number;
}
interface Tables {
  escrow_recipients: Columns;
}

export const recipientMigrations: readonly Migration[] = [
  {
    name: "escrow/0010-recipients",
    statements: [
      `CREATE TABLE escrow_recipients (tenant_id TEXT PRIMARY KEY, key_id TEXT NOT NULL, spki TEXT NOT NULL,
         since INTEGER NOT NULL, state TEXT NOT NULL, state_since INTEGER NOT NULL) WITHOUT ROWID`,
    ],
  },
];

export type KmsState = "works" | "refused" | "unreachable";

/** The key of a KMS to which a tenant's recovery keys are sealed, and what the KMS said last. */
export interface RecipientRow extends KmsRecipient {
  readonly since: number;
  readonly state: KmsState;
  readonly stateSince: number;
}

export async function readRecipient(tx: ReadTransaction): Promise<RecipientRow | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("escrow_recipients")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .executeTakeFirst();
  return (
    row && {
      keyId: row.key_id,
      spki: Buffer.from(row.spki, "base64"),
      since: row.since,
      state: row.state as KmsState,
      stateSince: row.state_since,
    }
  );
}

/** The tenants that have one. */
export async function readRecipientTenants(tx: ReadTransaction): Promise<readonly TenantId[]> {
  const rows = await sqlOf<Tables>(tx).selectFrom("escrow_recipients").select("tenant_id").execute();
  return rows.map((row) => asId<"tenant">(row.tenant_id));
}

/** @param recipient null: recovery keys are sealed for the server from now on */
export async function putRecipient(tx: WriteTransaction, recipient: KmsRecipient | null): Promise<void> {
  const { tenantId } = tx.scope;
  await sqlOf<Tables>(tx).deleteFrom("escrow_recipients").where("tenant_id", "=", tenantId).execute();
  if (recipient === null) return;
  await sqlOf<Tables>(tx)
    .insertInto("escrow_recipients")
    .values({
      tenant_id: tenantId,
      key_id: recipient.keyId,
      spki: Buffer.from(recipient.spki).toString("base64"),
      since: tx.now,
      // It was just tried.
      state: "works",
      state_since: tx.now,
    })
    .execute();
}

/** What the KMS said last. @returns whether that is new */
export async function noteKms(tx: WriteTransaction, state: KmsState): Promise<boolean> {
  const { numUpdatedRows } = await sqlOf<Tables>(tx)
    .updateTable("escrow_recipients")
    .set({ state, state_since: tx.now })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("state", "<>", state)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
