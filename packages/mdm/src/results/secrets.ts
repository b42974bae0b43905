import { getData, getDictionary, getString, type PlistDictionary } from "@pomona/plist";

/**
 * Secrets that Macs hand out in answers. Whoever calls these keeps what comes back sealed, and puts it into no fact, no history
 * and no log.
 */

/** No CMS around a recovery key is larger. */
const MAX_CMS = 65_536;

/** The answer to ActivationLockBypassCode: the Mac's own code, as long as it gives it out. */
export function readActivationLockBypassCode(report: PlistDictionary): string | undefined {
  const code = getString(report, "ActivationLockBypassCode");
  return code === undefined || code === "" || code.length > 100 ? undefined : code;
}

/**
 * The answer to RotateFileVaultKey: the new key as CMS EnvelopedData for the command's ReplyEncryptionCertificate. Often missing
 * although the key was changed: then SecurityInfo has it.
 */
export function readRotatedRecoveryKey(report: PlistDictionary): Uint8Array | undefined {
  return cms(getDictionary(report, "RotateResult"), "EncryptedNewRecoveryKey");
}

/** The escrowed key in an answer to SecurityInfo: CMS EnvelopedData for the certificate of the escrow payload. */
export function readEscrowedRecoveryKey(report: PlistDictionary): Uint8Array | undefined {
  return cms(getDictionary(report, "SecurityInfo"), "FDE_PersonalRecoveryKeyCMS");
}

/** FileVault's personal recovery key, as macOS writes it. */
export const isRecoveryKey = (text: string): boolean => /^[A-Z0-9]{4}(-[A-Z0-9]{4}){5}$/.test(text);

function cms(dictionary: PlistDictionary | undefined, key: string): Uint8Array | undefined {
  const bytes = dictionary === undefined ? undefined : getData(dictionary, key);
  return bytes === undefined || bytes.length === 0 || bytes.length > MAX_CMS ? undefined : bytes;
}
