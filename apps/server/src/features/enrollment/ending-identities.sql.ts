import { asId, type DeviceId, type TenantId } from "@pomona/facts";
import { type ReadTransaction, sqlOf } from "../../kernel/store.ts";

interface Tables {
  enrollments: {
    tenant_id: string;
    id: string;
    state: string;
    device_id: string | null;
    pin_expires_at: number | null;
  };
}

/** An enrolled Mac whose identity ends soon. */
export interface EndingIdentity {
  readonly tenantId: TenantId;
  readonly enrollmentId: string;
  readonly deviceId: DeviceId;
  readonly expiresAt: number;
}

/** Enrolled Macs of all tenants whose identity ends before a time, the soonest first, from one place in that order on. */
export async function readEndingIdentities(
  tx: ReadTransaction,
  page: { readonly before: number; readonly after?: EndingIdentity | undefined; readonly limit: number },
): Promise<readonly EndingIdentity[]> {
  let query = sqlOf<Tables>(tx)
    .selectFrom("enrollments")
    .select(["tenant_id", "id", "device_id", "pin_expires_at"])
    .where("state", "=", "enrolled")
    .where("pin_expires_at", "<", page.before)
    .where("device_id", "is not", null)
    .orderBy("pin_expires_at")
    .orderBy("id")
    .limit(page.limit);
  const { after } = page;
  if (after !== undefined)
    query = query.where((e) =>
      e.or([
        e("pin_expires_at", ">", after.expiresAt),
        e.and([e("pin_expires_at", "=", after.expiresAt), e("id", ">", after.enrollmentId)]),
      ]),
    );
  return (await query.execute()).map((row) => ({
    tenantId: asId<"tenant">(row.tenant_id),
    enrollmentId: row.id,
    deviceId: asId<"device">(row.device_id!),
    expiresAt: row.pin_expires_at!,
  }));
}
