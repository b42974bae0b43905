import type { UserChannel } from "@pomona/contract";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Tables {
  /** Made by `enrollment/0001-enrollments`. */
  enrollment_users: {
    tenant_id: string;
    identifier: string;
    enrollment_id: string;
    short_name: string | null;
    long_name: string | null;
    push_token: string;
    push_magic: string;
    is_push_stopped: number;
    updated_at: number;
    opened_at: number;
  };
}

export const userChannelMigrations: readonly Migration[] = [
  {
    name: "enrollment/0006-user-channels",
    statements: [
      "ALTER TABLE enrollment_users ADD COLUMN opened_at INTEGER NOT NULL DEFAULT 0",
      "UPDATE enrollment_users SET opened_at = updated_at",
    ],
  },
];

/** A user's channel of a device: woken by a token of its own, pinned by its device's certificate. */
export interface UserChannelRow {
  /** `UDID:UserID`, or as Apple's table says for the other kinds. */
  readonly identifier: string;
  readonly enrollmentId: string;
  readonly shortName: string | null;
  readonly longName: string | null;
  readonly pushToken: Uint8Array;
  readonly pushMagic: string;
}

/** Opens a user's channel or renews how it is woken; a name that is not said again is kept. @returns whether it is new */
export async function putUserChannel(tx: WriteTransaction, user: UserChannelRow): Promise<boolean> {
  const db = sqlOf<Tables>(tx);
  const isKnown = await db
    .selectFrom("enrollment_users")
    .select("identifier")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("identifier", "=", user.identifier)
    .executeTakeFirst();
  const said = {
    enrollment_id: user.enrollmentId,
    push_token: Buffer.from(user.pushToken).toString("base64"),
    push_magic: user.pushMagic,
    is_push_stopped: 0,
    updated_at: tx.now,
  };
  const names = { short_name: user.shortName, long_name: user.longName };
  const kept = Object.fromEntries(Object.entries(names).filter(([, name]) => name !== null)) as Partial<typeof names>;
  await db
    .insertInto("enrollment_users")
    .values({ tenant_id: tx.scope.tenantId, identifier: user.identifier, opened_at: tx.now, ...said, ...names })
    .onConflict((conflict) => conflict.columns(["tenant_id", "identifier"]).doUpdateSet({ ...said, ...kept }))
    .execute();
  return isKnown === undefined;
}

/** The channels of an enrollment, oldest first. */
export async function readUserChannels(
  tx: ReadTransaction,
  enrollment: { readonly id: string; readonly identifier: string },
): Promise<readonly UserChannel[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("enrollment_users")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("enrollment_id", "=", enrollment.id)
    .orderBy("opened_at")
    .orderBy("identifier")
    .execute();
  return rows.map((row) => ({
    user: row.identifier.slice(enrollment.identifier.length + 1),
    shortName: row.short_name,
    longName: row.long_name,
    openedAt: new Date(row.opened_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
  }));
}

export async function deleteUserChannels(tx: WriteTransaction, enrollmentId: string): Promise<void> {
  await sqlOf<Tables>(tx)
    .deleteFrom("enrollment_users")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("enrollment_id", "=", enrollmentId)
    .execute();
}

/** Whether a user's channel of this enrollment has checked in. */
export async function findUserChannel(tx: ReadTransaction, enrollmentId: string, identifier: string): Promise<boolean> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("enrollment_users")
    .select("enrollment_id")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("identifier", "=", identifier)
    .executeTakeFirst();
  return row?.enrollment_id === enrollmentId;
}
