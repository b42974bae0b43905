import type { WriteTransaction } from "../../kernel/store.ts";
import { setMdmState } from "../devices/index.ts";
import { readEnrollment } from "./enrollments.sql.ts";
import type { Enrollments } from "./enrollments.ts";
import { type PushTarget, stopUserPushes } from "./push-targets.sql.ts";

/**
 * Apple refused this token: no push until the Mac sends another.
 * @returns false when the Mac has sent another token meanwhile
 */
export async function stopPushes(tx: WriteTransaction, enrollments: Enrollments, target: PushTarget): Promise<boolean> {
  if (target.channel !== null) return stopUserPushes(tx, target);
  const enrollment = await readEnrollment(tx, target.enrollmentId);
  const held = enrollment?.pushToken ?? null;
  if (held === null || Buffer.compare(held, target.pushToken) !== 0) return false;
  await enrollments.change(tx, target.enrollmentId, { isPushStopped: true });
  await setMdmState(tx, target.deviceId, { isPushable: false });
  return true;
}
