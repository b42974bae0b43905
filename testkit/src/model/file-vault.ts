import { randomInt } from "node:crypto";
import { createEnvelopedData, parseCertificate } from "@pomona/pki";
import { nodeCrypto } from "@pomona/pki/node";
import type { MacModel } from "./mac-model.ts";
import { passwordFits } from "./passwords.ts";

/** Where macOS leaves the escrowed key for who asks for it on the Mac. */
export const ESCROWED_KEY_FILE = "/var/db/FileVaultPRK.dat";

/** Neither I nor O: nobody shall mistake them for digits. */
const ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789";
type DrawText = (length: number, alphabet: string) => string;
const drawn: DrawText = (length, alphabet) =>
  Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join("");

/** A recovery key as FileVault shows it: six groups of four. */
export const makePersonalKey = (draw: DrawText = drawn): string =>
  Array.from({ length: 6 }, () => draw(4, ALPHABET)).join("-");

/** What `fdesetup validaterecovery` says of a key. */
export const isRecoveryKey = (mac: MacModel, key: string): boolean => mac.fileVault && mac.recovery.personalKey === key;

/** Whether the disk opens with this: the recovery key, or the password of a user with a secure token. */
export const opensDisk = (mac: MacModel, secret: string): boolean =>
  isRecoveryKey(mac, secret) || mac.users.some((user) => user.hasSecureToken && passwordFits(user, secret));

/**
 * Makes a new recovery key in place of the old one and escrows it, where a payload asks for that. Whoever calls this says so to
 * the Mac (`modelChanged`), so that {@link ESCROWED_KEY_FILE} follows. @returns the new key
 */
export function changePersonalKey(mac: MacModel): string {
  const key = makePersonalKey();
  const { escrow } = mac.recovery;
  mac.recovery.personalKey = key;
  mac.recovery.cms =
    escrow === undefined ? undefined : encryptKey(key, Buffer.from(escrow.certificate, "base64")).toString("base64");
  return key;
}

/** A recovery key as macOS hands it out: CMS EnvelopedData for one certificate (DER). Throws `PkiError` for what is none. */
export const encryptKey = (key: string, certificate: Uint8Array): Buffer =>
  Buffer.from(
    createEnvelopedData(nodeCrypto(), Buffer.from(key, "utf8"), parseCertificate(certificate), "aes-256-cbc"),
  );
