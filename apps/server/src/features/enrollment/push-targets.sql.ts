import { asId, type DeviceId, type TenantId } from "@pomona/facts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Tables {
  enrollments: {
    tenant_id: string;
    id: string;
    device_id: string | null;
    state: string;
    topic: string;
    push_token: string | null;
    push_magic: string | null;
    is_push_stopped: number;
  };
  enrollment_users: {
    tenant_id: string;
    identifier: string;
    enrollment_id: string;
    push_token: string;
    push_magic: string;
    is_push_stopped: number;
  };
}

export const pushTargetMigrations: readonly Migration[] = [
  {
    name: "enrollment/0004-user-push-stopped",
    statements: ["ALTER TABLE enrollment_users ADD COLUMN is_push_stopped INTEGER NOT NULL DEFAULT 0"],
  },
];

/** Where a push goes that wakes a Mac, or one of its users' channels. */
export interface PushTarget {
  readonly tenantId: TenantId;
  readonly deviceId: DeviceId;
  readonly enrollmentId: string;
  /** Identifier of the user's channel; null for the device channel. */
  readonly channel: string | null;
  readonly topic: string;
  readonly pushToken: Uint8Array;
  readonly pushMagic: string;
}

/** Why a Mac, or a user's channel, has no way to be woken. */
export type NoPushTarget = "not-enrolled" | "no-token" | "token-refused";

/** @param channel identifier of a user's channel; null for the device channel */
export async function readPushTarget(
  tx: ReadTransaction,
  deviceId: DeviceId,
  channel: string | null,
): Promise<PushTarget | NoPushTarget> {
  const { tenantId } = tx.scope;
  const db = sqlOf<Tables>(tx);
  const device = await db
    .selectFrom("enrollments")
    .select(["id", "topic", "push_token", "push_magic", "is_push_stopped"])
    .where("tenant_id", "=", tenantId)
    .where("device_id", "=", deviceId)
    .where("state", "=", "enrolled")
    .executeTakeFirst();
  if (device === undefined) return "not-enrolled";
  const way =
    channel === null
      ? device
      : await db
          .selectFrom("enrollment_users")
          .select(["push_token", "push_magic", "is_push_stopped"])
          .where("tenant_id", "=", tenantId)
          .where("identifier", "=", channel)
          .where("enrollment_id", "=", device.id)
          .executeTakeFirst();
  if (way === undefined || way.push_token === null || way.push_magic === null) return "no-token";
  if (way.is_push_stopped === 1) return "token-refused";
  return {
    tenantId,
    deviceId,
    enrollmentId: device.id,
    channel,
    topic: device.topic,
    pushToken: Buffer.from(way.push_token, "base64"),
    pushMagic: way.push_magic,
  };
}

/** How a user's channel can be woken now; undefined for one that was not seen yet. */
export async function readUserToken(
  tx: ReadTransaction,
  channel: string,
): Promise<{ readonly pushToken: Uint8Array; readonly isPushStopped: boolean } | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("enrollment_users")
    .select(["push_token", "is_push_stopped"])
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("identifier", "=", channel)
    .executeTakeFirst();
  return row && { pushToken: Buffer.from(row.push_token, "base64"), isPushStopped: row.is_push_stopped === 1 };
}

/** No push to this user's channel until it brings another token. @returns false when the token was replaced meanwhile */
export async function stopUserPushes(tx: WriteTransaction, target: PushTarget): Promise<boolean> {
  const { numUpdatedRows } = await sqlOf<Tables>(tx)
    .updateTable("enrollment_users")
    .set({ is_push_stopped: 1 })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("identifier", "=", target.channel ?? "")
    .where("push_token", "=", Buffer.from(target.pushToken).toString("base64"))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export interface RefusedToken {
  readonly deviceId: DeviceId;
  readonly channel: string | null;
}

/** Macs and users' channels of the tenant whose token Apple refused. */
export async function readRefusedTokens(tx: ReadTransaction, limit: number): Promise<readonly RefusedToken[]> {
  const { tenantId } = tx.scope;
  const db = sqlOf<Tables>(tx);
  const devices = await db
    .selectFrom("enrollments")
    .select(["device_id"])
    .where("tenant_id", "=", tenantId)
    .where("state", "=", "enrolled")
    .where("is_push_stopped", "=", 1)
    .limit(limit)
    .execute();
  const users = await db
    .selectFrom("enrollment_users as user")
    .innerJoin("enrollments as enrollment", (join) =>
      join.onRef("enrollment.tenant_id", "=", "user.tenant_id").onRef("enrollment.id", "=", "user.enrollment_id"),
    )
    .select(["enrollment.device_id", "user.identifier"])
    .where("user.tenant_id", "=", tenantId)
    .where("user.is_push_stopped", "=", 1)
    .where("enrollment.state", "=", "enrolled")
    .limit(limit)
    .execute();
  return [
    ...devices.flatMap((row) =>
      row.device_id === null ? [] : [{ deviceId: asId<"device">(row.device_id), channel: null }],
    ),
    ...users.flatMap((row) =>
      row.device_id === null ? [] : [{ deviceId: asId<"device">(row.device_id), channel: row.identifier }],
    ),
  ].slice(0, limit);
}

/** Enrolled Macs of the tenant on this topic. */
export async function countEnrolledOn(tx: ReadTransaction, topic: string): Promise<number> {
  const { total } = await sqlOf<Tables>(tx)
    .selectFrom("enrollments")
    .select((e) => e.fn.countAll<number>().as("total"))
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("topic", "=", topic)
    .where("state", "in", ["authenticated", "enrolled"])
    .executeTakeFirstOrThrow();
  return total;
}
