import type { DeviceId } from "@pomona/facts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { deleteReinstall, putReinstall, readReinstall } from "./reinstalls.sql.ts";

/** What the Mac said to an installation, where it is one of these. @returns whether it is */
export async function noteReinstall(tx: WriteTransaction, deviceId: DeviceId, outcome: string): Promise<boolean> {
  const row = await readReinstall(tx, deviceId);
  if (row === undefined) return false;
  await putReinstall(tx, { ...row, outcome });
  return true;
}

/** The agent said hello: that, and nothing else, shows that the installation worked. */
export async function verifyReinstall(tx: WriteTransaction, deviceId: DeviceId): Promise<void> {
  const attempts = await deleteReinstall(tx, deviceId);
  if (attempts !== undefined) await tx.publish({ type: "agent.reinstall-verified", deviceId, data: { attempts } });
}
