import type { DeviceId } from "@pomona/facts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { readDevice } from "../devices/index.ts";
import { askByCommand } from "./ask.ts";
import { hashPassword, makePassword } from "./generate-secrets.ts";
import type { EscrowParts } from "./ports.ts";
import { setRotation } from "./set-rotation.ts";

const KIND = "adminPassword";

/** A password with what macOS takes in its place; made before the transaction, since hashing is slow by design. */
export interface HashedPassword {
  readonly password: string;
  /** Base64 of a property list. */
  readonly hash: string;
}

export async function makeHashedPassword(): Promise<HashedPassword> {
  const password = makePassword();
  return { password, hash: await hashPassword(password) };
}

/** Only accounts that Setup Assistant made for the server have a password that the server can change. */
export async function beginAdminRotation(
  tx: WriteTransaction,
  parts: EscrowParts,
  deviceId: DeviceId,
  { password, hash }: HashedPassword,
): Promise<void> {
  const [account] = (await readDevice(tx, deviceId))?.facts.autoAdmins ?? [];
  if (account === undefined) {
    await setRotation(tx, deviceId, KIND, "failed", {
      error:
        "This Mac has no administrator that automated enrollment made, and macOS lets MDM change the password of no other account.",
    });
    return;
  }
  const value = { deviceId, kind: KIND, value: password, source: "SetAutoAdminPassword", note: account.name } as const;
  const next = await parts.book.keepPending(tx, value);
  const about = { deviceId, kind: KIND, purpose: "rotate", secretId: next.id } as const;
  await askByCommand(tx, parts, about, "SetAutoAdminPassword", { guid: account.guid, passwordHash: hash });
  await setRotation(tx, deviceId, KIND, "sent");
}
