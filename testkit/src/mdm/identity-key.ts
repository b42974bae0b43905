import { createHash, generateKeyPair, type KeyObject, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const generate = promisify(generateKeyPair);

/**
 * A new RSA key as PKCS#8 PEM, made in the thread pool. With a cache folder, the key of one name is made once and read from
 * then on: for tests and rehearsals only, since whoever reads the folder has the keys.
 */
export async function makeIdentityKey(name: string, bits: number, cacheDir?: string): Promise<string> {
  if (cacheDir === undefined) return exportPem((await generate("rsa", { modulusLength: bits })).privateKey);
  const file = join(cacheDir, `${createHash("sha256").update(`${bits} ${name}`).digest("hex")}.pem`);
  try {
    return await readFile(file, "utf8");
  } catch {
    const pem = exportPem((await generate("rsa", { modulusLength: bits })).privateKey);
    await mkdir(cacheDir, { recursive: true, mode: 0o700 });
    const next = `${file}.${randomUUID()}`;
    await writeFile(next, pem, { mode: 0o600 });
    await rename(next, file);
    return pem;
  }
}

/** A new EC key as PKCS#8 PEM, as a Secure Enclave would make one; here it can be read. */
export async function makeEnclaveKey(bits: 256 | 384): Promise<string> {
  return exportPem((await generate("ec", { namedCurve: bits === 256 ? "P-256" : "P-384" })).privateKey);
}

const exportPem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();
