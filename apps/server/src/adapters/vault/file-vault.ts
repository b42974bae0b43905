import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { PomonaError } from "../../kernel/errors.ts";
import { type Sealed, Secret, type SecretPlace, type Vault } from "../../kernel/secret.ts";

export interface FileVaultOptions {
  /** A folder of its own, so that a backup of the database does not carry the keys that open it. */
  readonly dir: string;
  /** 32 bytes in base64 or hex, from the environment; without it `master.key` in the folder is made and used. */
  readonly masterKey?: string;
}

interface WrappedKeys {
  readonly [tenantId: string]: { readonly kid: string; readonly nonce: string; readonly wrapped: string };
}

/** Data keys per tenant, wrapped by a master key; AES-256-GCM throughout, the place of a secret as additional data. */
export class FileVault implements Vault {
  readonly #file: string;
  readonly #master: Buffer;
  readonly #open = new Map<string, { readonly kid: string; readonly key: Buffer }>();
  #wrapped: WrappedKeys;

  /** @throws Error when the master key is missing for keys that exist, or has the wrong length */
  constructor(options: FileVaultOptions) {
    mkdirSync(options.dir, { recursive: true, mode: 0o700 });
    this.#file = path.join(options.dir, "data-keys.json");
    this.#wrapped = existsSync(this.#file) ? (JSON.parse(readFileSync(this.#file, "utf8")) as WrappedKeys) : {};
    this.#master =
      options.masterKey === undefined
        ? masterFromFile(path.join(options.dir, "master.key"), Object.keys(this.#wrapped).length > 0)
        : decodeMaster(options.masterKey);
  }

  seal(tenantId: string, place: SecretPlace, bytes: Uint8Array): Sealed {
    const { kid, key } = this.#dataKey(tenantId);
    const { nonce, ciphertext } = encrypt(key, bytes, boundTo(tenantId, place));
    return { v: 1, alg: "A256GCM", kid, recipient: "tenant", nonce, ciphertext };
  }

  open(tenantId: string, place: SecretPlace, sealed: Sealed): Secret {
    const { kid, key } = this.#dataKey(tenantId);
    if (sealed.kid !== kid) throw cannotOpen(place, "it was sealed with a key that is not here");
    try {
      return new Secret(decrypt(key, sealed.nonce, sealed.ciphertext, boundTo(tenantId, place)));
    } catch {
      throw cannotOpen(place, "it was changed, or sealed for another place");
    }
  }

  #dataKey(tenantId: string): { readonly kid: string; readonly key: Buffer } {
    const known = this.#open.get(tenantId);
    if (known !== undefined) return known;
    const wrapped = this.#wrapped[tenantId];
    const made =
      wrapped === undefined ? this.#makeKey(tenantId) : { kid: wrapped.kid, key: this.#unwrap(tenantId, wrapped) };
    this.#open.set(tenantId, made);
    return made;
  }

  #makeKey(tenantId: string): { readonly kid: string; readonly key: Buffer } {
    const key = randomBytes(32);
    const kid = createHash("sha256").update(key).digest("hex").slice(0, 16);
    const { nonce, ciphertext } = encrypt(this.#master, key, Buffer.from(`data-key:${tenantId}:${kid}`));
    const wrapped = { ...this.#wrapped, [tenantId]: { kid, nonce, wrapped: ciphertext } };
    // On the disk before anybody can seal with it: what a key sealed that was never written is lost with this process.
    writeDurably(this.#file, JSON.stringify(wrapped, null, 2));
    this.#wrapped = wrapped;
    return { kid, key };
  }

  #unwrap(tenantId: string, { kid, nonce, wrapped }: WrappedKeys[string]): Buffer {
    try {
      return decrypt(this.#master, nonce, wrapped, Buffer.from(`data-key:${tenantId}:${kid}`));
    } catch (cause) {
      throw new Error(
        "The master key does not open this tenant's data key. Start with the key that it was made with.",
        {
          cause,
        },
      );
    }
  }
}

const boundTo = (tenantId: string, { table, row, field }: SecretPlace): Buffer =>
  Buffer.from(JSON.stringify([tenantId, table, row, field]));

const cannotOpen = ({ table, field }: SecretPlace, why: string): PomonaError =>
  new PomonaError("unavailable", "vault.cannot-open", `A secret of ${table}.${field} does not open: ${why}.`);

function encrypt(key: Buffer, plain: Uint8Array, bound: Buffer): { nonce: string; ciphertext: string } {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(bound);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { nonce: nonce.toString("base64"), ciphertext: sealed.toString("base64") };
}

function decrypt(key: Buffer, nonce: string, ciphertext: string, bound: Buffer): Buffer {
  const sealed = Buffer.from(ciphertext, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"))
    .setAAD(bound)
    .setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
}

function masterFromFile(file: string, mustExist: boolean): Buffer {
  if (!existsSync(file)) {
    if (mustExist) throw new Error(`The master key ${file} is missing, and there are secrets that only it opens.`);
    writeDurably(file, `${randomBytes(32).toString("base64")}\n`);
  }
  return decodeMaster(readFileSync(file, "utf8").trim());
}

/** The given text is hashed with HKDF, so that hex and base64 of 32 bytes both serve; shorter ones are refused. */
function decodeMaster(text: string): Buffer {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, "hex") : Buffer.from(text, "base64");
  if (bytes.length < 32) throw new Error("The master key has to be 32 bytes, in base64 or hex.");
  return Buffer.from(hkdfSync("sha256", bytes, new Uint8Array(), "pomona master key", 32));
}

function writeDurably(file: string, text: string): void {
  const fresh = `${file}.new`;
  const handle = openSync(fresh, "w", 0o600);
  try {
    // Not writeFileSync, which on a disk that is nearly full writes a part and says so only by its result.
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(fresh, file);
  const folder = openSync(path.dirname(file), "r");
  fsyncSync(folder);
  closeSync(folder);
}
