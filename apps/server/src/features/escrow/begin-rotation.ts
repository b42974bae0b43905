import type { DeviceId, SecretKind, TenantId } from "@pomona/facts";
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";
import { beginAdminRotation, type HashedPassword, makeHashedPassword } from "./admin-password.ts";
import type { EscrowKey } from "./escrow-keys.ts";
import { beginFileVaultRotation } from "./file-vault.ts";
import { beginLockRotation, isLockKind } from "./locks.ts";
import type { Opened } from "./model.ts";
import { openAhead } from "./open-ahead.ts";
import type { EscrowParts } from "./ports.ts";
import { readHeld } from "./secrets.sql.ts";

/** What a rotation needs and a transaction must not wait for: keys that are made, hashes that are computed. */
export interface RotationMeans {
  readonly key?: EscrowKey;
  readonly admin?: HashedPassword;
  readonly opened?: Opened;
}

export async function prepareRotation(
  parts: EscrowParts,
  tenantId: TenantId,
  deviceId: DeviceId,
  kind: SecretKind,
): Promise<RotationMeans> {
  if (kind === "fileVaultKey") {
    const key = await parts.keys.current(tenantId);
    return { key, opened: await openAhead(parts, tenantId, (tx) => bothHeld(tx, deviceId)) };
  }
  if (kind === "adminPassword") return { admin: await makeHashedPassword() };
  return {};
}

/** Either may be the one that opens the disk. */
const bothHeld = async (tx: ReadTransaction, deviceId: DeviceId) => [
  await readHeld(tx, deviceId, "fileVaultKey", "pending"),
  await readHeld(tx, deviceId, "fileVaultKey", "current"),
];

/** The first step of a rotation that is scheduled. @throws PomonaError where the Mac cannot take the command */
export async function beginRotation(
  tx: WriteTransaction,
  parts: EscrowParts,
  deviceId: DeviceId,
  kind: SecretKind,
  { key, admin, opened }: RotationMeans,
): Promise<void> {
  if (kind === "fileVaultKey" && key !== undefined) await beginFileVaultRotation(tx, parts, deviceId, key, opened);
  else if (kind === "adminPassword" && admin !== undefined) await beginAdminRotation(tx, parts, deviceId, admin);
  else if (isLockKind(kind)) await beginLockRotation(tx, parts, deviceId, kind);
  else throw new Error(`nothing rotates ${kind}`);
}
