import { PkiError } from "@pomona/pki";
import { getData, getDictionary, getString } from "@pomona/plist";
import { changePersonalKey, encryptKey, opensDisk } from "../../model/file-vault.ts";
import { acknowledged, formatError, refused } from "../answer.ts";
import type { CommandHandler } from "../command-port.ts";

/**
 * Apple: RotateFileVaultKey. The new key goes back encrypted to the certificate of the command, and to the one of an escrow payload,
 * if there is any; an institutional key means nothing on APFS.
 */
export const rotateFileVaultKey: CommandHandler = ({ model }, command) => {
  const unlock = getDictionary(command, "FileVaultUnlock");
  const secret = unlock === undefined ? undefined : getString(unlock, "Password");
  const keyType = getString(command, "KeyType");
  if (keyType === undefined || unlock === undefined) return formatError("KeyType and FileVaultUnlock are needed.");
  if (keyType !== "personal")
    return refused(-1, "FDEErrorDomain", "Institutional keys are not supported on APFS volumes.");
  if (!model.fileVault) return refused(11, "FDEErrorDomain", "FileVault is not enabled.");
  if (secret === undefined || !opensDisk(model, secret))
    return refused(5, "FDEErrorDomain", "The disk could not be unlocked with this password.");
  const certificate = getData(command, "ReplyEncryptionCertificate");
  try {
    // Before anything changes: a key that nobody could read would be lost.
    if (certificate !== undefined) encryptKey("try", certificate);
  } catch (error) {
    if (error instanceof PkiError) return refused(7, "FDEErrorDomain", "The reply certificate cannot be used.");
    throw error;
  }
  const key = changePersonalKey(model);
  if (certificate === undefined || model.recovery.omitsKeyFromAnswer) return acknowledged();
  return acknowledged({ RotateResult: { EncryptedNewRecoveryKey: encryptKey(key, certificate) } });
};
