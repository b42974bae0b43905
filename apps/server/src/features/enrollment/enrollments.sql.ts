import { asId, type DeviceId } from "@pomona/facts";
import type { MdmTerms } from "@pomona/profiles";
import type { SealedColumn } from "../../kernel/secret.ts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { Enrollment, EnrollmentState } from "./model.ts";

interface Columns {
  tenant_id: string;
  id: string;
  invitation_id: string | null;
  bound_serial: string | null;
  state: string;
  identifier: string | null;
  serial_number: string | null;
  device_id: string | null;
  topic: string;
  pin: string | null;
  previous_pin: string | null;
  pin_expires_at: number | null;
  mdm_terms: string | null;
  is_renewing: number;
  tally: number;
  generation: number;
  push_token: string | null;
  push_magic: string | null;
  is_push_stopped: number;
  is_awaiting: number;
  is_user_enrollment: number;
  is_attested: number;
  sealed_unlock_token: string | null;
  created_at: number;
}
interface Tables {
  enrollments: Columns;
  scep_challenges: {
    hash: string;
    tenant_id: string;
    enrollment_id: string;
    method: string;
    expires_at: number;
    used_at: number | null;
  };
}

export const enrollmentMigrations: readonly Migration[] = [
  {
    name: "enrollment/0001-enrollments",
    statements: [
      `CREATE TABLE enrollments (tenant_id TEXT NOT NULL, id TEXT NOT NULL, invitation_id TEXT, bound_serial TEXT,
         state TEXT NOT NULL, identifier TEXT, serial_number TEXT, device_id TEXT, topic TEXT NOT NULL, pin TEXT,
         previous_pin TEXT, is_renewing INTEGER NOT NULL DEFAULT 0, tally INTEGER NOT NULL DEFAULT 0,
         generation INTEGER NOT NULL DEFAULT 0, push_token TEXT, push_magic TEXT, is_push_stopped INTEGER NOT NULL DEFAULT 0,
         is_awaiting INTEGER NOT NULL DEFAULT 0, is_user_enrollment INTEGER NOT NULL DEFAULT 0, sealed_unlock_token TEXT, created_at INTEGER NOT NULL,
         PRIMARY KEY (tenant_id, id)) WITHOUT ROWID`,
      "CREATE INDEX enrollments_by_identifier ON enrollments (tenant_id, identifier)",
      "CREATE INDEX enrollments_by_serial ON enrollments (tenant_id, serial_number)",
      "CREATE INDEX enrollments_by_device ON enrollments (tenant_id, device_id)",
      "CREATE INDEX enrollments_by_state ON enrollments (state, created_at)",
      `CREATE TABLE enrollment_users (tenant_id TEXT NOT NULL, identifier TEXT NOT NULL, enrollment_id TEXT NOT NULL,
         short_name TEXT, long_name TEXT, push_token TEXT NOT NULL, push_magic TEXT NOT NULL, updated_at INTEGER NOT NULL,
         PRIMARY KEY (tenant_id, identifier)) WITHOUT ROWID`,
      "CREATE INDEX enrollment_users_by_enrollment ON enrollment_users (tenant_id, enrollment_id)",
      `CREATE TABLE scep_challenges (hash TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, enrollment_id TEXT NOT NULL,
         expires_at INTEGER NOT NULL, used_at INTEGER) WITHOUT ROWID`,
    ],
  },
  {
    name: "enrollment/0103-identity-end",
    statements: [
      "ALTER TABLE enrollments ADD COLUMN pin_expires_at INTEGER",
      "ALTER TABLE enrollments ADD COLUMN mdm_terms TEXT",
      "UPDATE enrollments SET pin_expires_at = (SELECT not_after FROM certificates WHERE hash = enrollments.pin)",
      "CREATE INDEX enrollments_by_end ON enrollments (state, pin_expires_at)",
    ],
  },
  {
    name: "enrollment/0104-open-sessions",
    statements: ["CREATE INDEX enrollments_by_invitation ON enrollments (tenant_id, invitation_id, state)"],
  },
];

export const enrollmentSealed: SealedColumn = { table: "enrollments", column: "sealed_unlock_token", id: "id" };

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

const toEnrollment = (row: Columns): Enrollment => ({
  tenantId: asId<"tenant">(row.tenant_id),
  id: row.id,
  invitationId: row.invitation_id,
  boundSerialNumber: row.bound_serial,
  state: row.state as EnrollmentState,
  identifier: row.identifier,
  serialNumber: row.serial_number,
  deviceId: row.device_id === null ? null : asId<"device">(row.device_id),
  topic: row.topic,
  pin: row.pin,
  previousPins: row.previous_pin === null ? [] : row.previous_pin.split(" "),
  pinExpiresAt: row.pin_expires_at,
  isRenewing: row.is_renewing === 1,
  tally: row.tally,
  generation: row.generation,
  pushToken: row.push_token === null ? null : Buffer.from(row.push_token, "base64"),
  pushMagic: row.push_magic,
  isPushStopped: row.is_push_stopped === 1,
  isAwaitingConfiguration: row.is_awaiting === 1,
  isUserEnrollment: row.is_user_enrollment === 1,
  isAttested: row.is_attested === 1,
  createdAt: row.created_at,
});

/** Fields of an enrollment that change; the sealed unlock token is written and never read back here. */
export interface EnrollmentChange {
  readonly state?: EnrollmentState;
  readonly identifier?: string;
  readonly serialNumber?: string | null;
  readonly deviceId?: DeviceId;
  readonly pin?: string | null;
  readonly previousPins?: readonly string[];
  readonly pinExpiresAt?: number;
  readonly isRenewing?: boolean;
  readonly tally?: number;
  readonly generation?: number;
  readonly pushToken?: Uint8Array | null;
  readonly pushMagic?: string | null;
  readonly isPushStopped?: boolean;
  readonly isAwaitingConfiguration?: boolean;
  readonly isUserEnrollment?: boolean;
  readonly isAttested?: boolean;
  readonly sealedUnlockToken?: string | null;
}

function toColumns(change: EnrollmentChange): Partial<Columns> {
  const columns: Partial<Columns> = {};
  if (change.state !== undefined) columns.state = change.state;
  if (change.identifier !== undefined) columns.identifier = change.identifier;
  if (change.serialNumber !== undefined) columns.serial_number = change.serialNumber;
  if (change.deviceId !== undefined) columns.device_id = change.deviceId;
  if (change.pin !== undefined) columns.pin = change.pin;
  if (change.previousPins !== undefined) columns.previous_pin = change.previousPins.join(" ") || null;
  if (change.pinExpiresAt !== undefined) columns.pin_expires_at = change.pinExpiresAt;
  if (change.isRenewing !== undefined) columns.is_renewing = change.isRenewing ? 1 : 0;
  if (change.tally !== undefined) columns.tally = change.tally;
  if (change.generation !== undefined) columns.generation = change.generation;
  if (change.pushToken !== undefined) columns.push_token = change.pushToken && base64(change.pushToken);
  if (change.pushMagic !== undefined) columns.push_magic = change.pushMagic;
  if (change.isPushStopped !== undefined) columns.is_push_stopped = change.isPushStopped ? 1 : 0;
  if (change.isAwaitingConfiguration !== undefined) columns.is_awaiting = change.isAwaitingConfiguration ? 1 : 0;
  if (change.isUserEnrollment !== undefined) columns.is_user_enrollment = change.isUserEnrollment ? 1 : 0;
  if (change.isAttested !== undefined) columns.is_attested = change.isAttested ? 1 : 0;
  if (change.sealedUnlockToken !== undefined) columns.sealed_unlock_token = change.sealedUnlockToken;
  return columns;
}

export async function insertEnrollment(
  tx: WriteTransaction,
  row: {
    readonly id: string;
    readonly invitationId: string | null;
    readonly boundSerialNumber: string | null;
    readonly isAttested: boolean;
    readonly topic: string;
    readonly mdmTerms: MdmTerms;
  },
): Promise<void> {
  await sqlOf<{
    enrollments: Pick<
      Columns,
      | "tenant_id"
      | "id"
      | "invitation_id"
      | "bound_serial"
      | "is_attested"
      | "state"
      | "topic"
      | "mdm_terms"
      | "created_at"
    >;
  }>(tx)
    .insertInto("enrollments")
    .values({
      tenant_id: tx.scope.tenantId,
      id: row.id,
      invitation_id: row.invitationId,
      bound_serial: row.boundSerialNumber,
      is_attested: row.isAttested ? 1 : 0,
      state: "invited",
      topic: row.topic,
      mdm_terms: JSON.stringify(row.mdmTerms),
      created_at: tx.now,
    })
    .execute();
}

export async function updateEnrollment(tx: WriteTransaction, id: string, change: EnrollmentChange): Promise<void> {
  await sqlOf<Tables>(tx)
    .updateTable("enrollments")
    .set(toColumns(change))
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .execute();
}

export async function readEnrollment(tx: ReadTransaction, id: string): Promise<Enrollment | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("enrollments")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && toEnrollment(row);
}

/** The enrollment that a device is managed by, in state `enrolled`. */
export async function readEnrollmentOfDevice(tx: ReadTransaction, deviceId: DeviceId): Promise<Enrollment | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("enrollments")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .where("state", "=", "enrolled")
    .executeTakeFirst();
  return row && toEnrollment(row);
}

/** The same for many devices at once. */
export async function readEnrollmentsOfDevices(
  tx: ReadTransaction,
  deviceIds: readonly DeviceId[],
): Promise<ReadonlyMap<DeviceId, Enrollment>> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("enrollments")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "in", [...deviceIds])
    .where("state", "=", "enrolled")
    .execute();
  return new Map(rows.map((row) => [asId<"device">(row.device_id!), toEnrollment(row)]));
}

/** Other enrollments of the same Mac, by its identifier or its serial number, that have not ended. */
export async function readRivals(
  tx: ReadTransaction,
  self: { readonly id: string; readonly identifier: string; readonly serialNumber: string | null },
): Promise<readonly Enrollment[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("enrollments")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "!=", self.id)
    .where("state", "in", ["authenticated", "enrolled"])
    .where((e) =>
      e.or([
        e("identifier", "=", self.identifier),
        ...(self.serialNumber === null ? [] : [e("serial_number", "=", self.serialNumber)]),
      ]),
    )
    .execute();
  return rows.map(toEnrollment);
}

/** Whether any enrollment of the tenant, past ones included, is of the Mac with this identifier. */
export async function hasIdentifier(tx: ReadTransaction, identifier: string): Promise<boolean> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("enrollments")
    .select("id")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("identifier", "=", identifier)
    .executeTakeFirst();
  return row !== undefined;
}

/** Enrollments of a device, past ones included: what its MDM certificates were issued to. */
export async function readEnrollmentIds(tx: ReadTransaction, deviceId: DeviceId): Promise<readonly string[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("enrollments")
    .select("id")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .execute();
  return rows.map(({ id }) => id);
}

/** The device that an enrollment is of. */
export async function readDeviceIdOf(tx: ReadTransaction, enrollmentId: string): Promise<DeviceId | null> {
  return (await readEnrollment(tx, enrollmentId))?.deviceId ?? null;
}

/** What was agreed with the Mac in its MDM payload; undefined for one that enrolled before it was kept. */
export async function readMdmTerms(tx: ReadTransaction, enrollmentId: string): Promise<MdmTerms | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("enrollments")
    .select("mdm_terms")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", enrollmentId)
    .executeTakeFirst();
  return row === undefined || row.mdm_terms === null ? undefined : (JSON.parse(row.mdm_terms) as MdmTerms);
}

/** Sessions of an invitation that have no identity yet. */
export async function countOpenSessions(tx: ReadTransaction, invitationId: string): Promise<number> {
  const { total } = await sqlOf<Tables>(tx)
    .selectFrom("enrollments")
    .select((e) => e.fn.countAll<number>().as("total"))
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("invitation_id", "=", invitationId)
    .where("state", "=", "invited")
    .where("generation", "=", 0)
    .executeTakeFirstOrThrow();
  return total;
}

/** Sessions whose challenge ran out unused, of all tenants. */
export async function deleteDeadSessions(tx: WriteTransaction, createdBefore: number): Promise<void> {
  const db = sqlOf<Tables>(tx);
  await db
    .deleteFrom("enrollments")
    .where("state", "=", "invited")
    .where("generation", "=", 0)
    .where("created_at", "<", createdBefore)
    .execute();
  await db.deleteFrom("scep_challenges").where("expires_at", "<", createdBefore).execute();
}
