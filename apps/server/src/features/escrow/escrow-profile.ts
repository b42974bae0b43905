import { createHash } from "node:crypto";
import type { DeviceId } from "@pomona/facts";
import { buildMobileconfig, recoveryKeyEscrowPayloads } from "@pomona/profiles";
import type { WriteTransaction } from "../../kernel/store.ts";
import { askByCommand } from "./ask.ts";
import { updateEscrowDevice } from "./devices.sql.ts";
import type { EscrowKey } from "./escrow-keys.ts";
import type { EscrowParts } from "./ports.ts";

export const ESCROW_PROFILE = "io.pomona.escrow.filevault";

/** The same for the same key, so that sending it again changes nothing on the Mac. */
function uuidOf(key: EscrowKey, part: string): string {
  const hex = createHash("sha256").update(`${key.id} ${part}`).digest("hex");
  const text = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  return text.toUpperCase();
}

/** The one profile of a Mac that has macOS hand its FileVault recovery key to us. */
export const buildEscrowProfile = (key: EscrowKey): Uint8Array =>
  buildMobileconfig({
    identifier: ESCROW_PROFILE,
    uuid: uuidOf(key, "profile"),
    displayName: "FileVault recovery key",
    organization: "Pomona",
    description: "Keeps the recovery key of this disk with whoever manages this Mac, encrypted.",
    isRemovalDisallowed: true,
    payloads: recoveryKeyEscrowPayloads({
      certificate: {
        identifier: `${ESCROW_PROFILE}.certificate`,
        uuid: uuidOf(key, "certificate"),
        displayName: "Recovery key certificate",
      },
      escrow: {
        identifier: `${ESCROW_PROFILE}.escrow`,
        uuid: uuidOf(key, "escrow"),
        displayName: "Recovery key escrow",
      },
      certificateDer: key.certificate.raw,
      location: "Your organization keeps the recovery key of this Mac. Ask its support for it.",
    }),
  });

/** Sends the profile with the certificate in use. */
export async function sendEscrowProfile(
  tx: WriteTransaction,
  parts: EscrowParts,
  deviceId: DeviceId,
  key: EscrowKey,
): Promise<void> {
  const payload = Buffer.from(buildEscrowProfile(key)).toString("base64");
  const about = { deviceId, kind: "fileVaultKey", purpose: "profile", keyId: key.id } as const;
  await askByCommand(tx, parts, about, "InstallProfile", { payload });
  await updateEscrowDevice(tx, deviceId, { profileKey: key.id, profileState: "sent" });
}
