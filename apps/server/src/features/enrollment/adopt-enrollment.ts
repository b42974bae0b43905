import type { DeviceId } from "@pomona/facts";
import type { MdmTerms } from "@pomona/profiles";
import { newId } from "../../kernel/clock.ts";
import type { Kernel } from "../../kernel/feature.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { setMdmState, upsertDeviceAtEnrollment } from "../devices/index.ts";
import { insertEnrollment, readRivals } from "./enrollments.sql.ts";
import type { Enrollments } from "./enrollments.ts";
import type { Enrollment } from "./model.ts";
import { putUserChannel } from "./user-channels.sql.ts";

/** An enrollment that was made by another MDM server and goes on here. */
export interface MovedEnrollment {
  readonly identifier: string;
  readonly isUserEnrollment: boolean;
  readonly serialNumber: string | null;
  readonly name: string;
  readonly model: string;
  readonly osVersion: string;
  readonly topic: string;
  readonly pushToken: Uint8Array;
  readonly pushMagic: string;
  readonly unlockToken: Uint8Array | null;
  /** TokenUpdates so far. */
  readonly tally: number;
  /** ms */
  readonly enrolledAt: number;
  /** What the Mac agreed with the other server: renewals keep it. */
  readonly terms: MdmTerms;
  /** The certificate that counts; null until the Mac brings it. */
  readonly pin: { readonly hash: string; readonly notAfter: number } | null;
  readonly users: readonly {
    readonly userId: string;
    readonly shortName: string | null;
    readonly longName: string | null;
    readonly pushToken: Uint8Array;
    readonly pushMagic: string;
  }[];
}

/** Live enrollments here with this identifier or serial number. */
export const rivalsOf = (
  tx: WriteTransaction,
  mac: { readonly identifier: string; readonly serialNumber: string | null },
): Promise<readonly Enrollment[]> => readRivals(tx, { id: "", ...mac });

/** Makes the row as it would be had the Mac enrolled here. The caller has looked for rivals. */
export async function adoptEnrollment(
  tx: WriteTransaction,
  { kernel, enrollments }: { readonly kernel: Kernel; readonly enrollments: Enrollments },
  moved: MovedEnrollment,
): Promise<{ readonly enrollmentId: string; readonly deviceId: DeviceId }> {
  const { tenantId } = tx.scope;
  const enrollmentId = newId<"enrollment">(tx.now);
  const { identifier, serialNumber, name, model, osVersion, topic } = moved;
  const { deviceId } = await upsertDeviceAtEnrollment(tx, { serialNumber, udid: identifier, name, model, osVersion });
  await insertEnrollment(tx, {
    id: enrollmentId,
    invitationId: null,
    boundSerialNumber: null,
    isAttested: false,
    topic,
    mdmTerms: moved.terms,
  });
  const place = { table: "enrollments", row: enrollmentId, field: "sealed_unlock_token" };
  await enrollments.change(tx, enrollmentId, {
    state: "enrolled",
    identifier,
    serialNumber,
    deviceId,
    ...(moved.pin === null ? {} : { pin: moved.pin.hash, pinExpiresAt: moved.pin.notAfter }),
    // A later TokenUpdate is not the first one: it starts no workflow.
    tally: Math.max(1, moved.tally),
    // The next identity is a further one, from our own authority.
    generation: 1,
    pushToken: moved.pushToken,
    pushMagic: moved.pushMagic,
    isUserEnrollment: moved.isUserEnrollment,
    sealedUnlockToken:
      moved.unlockToken === null ? null : JSON.stringify(kernel.vault.seal(tenantId, place, moved.unlockToken)),
  });
  for (const user of moved.users) {
    const { shortName, longName, pushToken, pushMagic } = user;
    await putUserChannel(tx, {
      identifier: `${identifier}:${user.userId}`,
      enrollmentId,
      shortName,
      longName,
      pushToken,
      pushMagic,
    });
  }
  await setMdmState(tx, deviceId, { isEnrolled: true, isPushable: true, enrolledAt: moved.enrolledAt });
  return { enrollmentId, deviceId };
}
