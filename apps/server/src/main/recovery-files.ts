import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { type Certificate, decodePem, type PrivateKeyHandle, parseCertificate } from "@pomona/pki";
import { privateKeyFromPem } from "@pomona/pki/node";

/** @throws Error when the file has none */
export function certificateIn(file: string): Certificate {
  const [block] = decodePem(readFileSync(file, "utf8"), "CERTIFICATE");
  if (block === undefined) throw new Error(`${file} holds no certificate. Name the file that does (--certificate).`);
  return parseCertificate(block.der);
}

/** @param passphrase asked for only when the key is encrypted */
export async function privateKeyIn(file: string, passphrase: () => Promise<string>): Promise<PrivateKeyHandle> {
  const pem = readFileSync(file, "utf8");
  const isEncrypted = pem.includes("ENCRYPTED");
  const given = isEncrypted ? await passphrase() : undefined;
  try {
    return privateKeyFromPem(pem, given);
  } catch (cause) {
    const why = isEncrypted ? "The passphrase does not open the bundle key." : `${file} holds no private key.`;
    throw new Error(why, { cause });
  }
}

/** Writes a file that is not there yet, for the owner alone. @throws Error when it is there */
export function writeNew(file: string, bytes: Uint8Array): void {
  const handle = openSync(file, "wx", 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
