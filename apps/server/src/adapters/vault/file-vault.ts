import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { PomonaError } from "../../kernel/errors.ts";
import type { KeyOps, KmsRecipient, Sealed, Secret, SecretPlace, Vault } from "../../kernel/secret.ts";
import { encrypt } from "./aes-gcm.ts";
import {
  kidOf,
  readDataKeys,
  unwrapDataKey,
  type WrappedKey,
  type WrappedKeys,
  wrapDataKey,
  writeDataKeys,
} from "./data-key-file.ts";
import { type DiskStep, moveDurably } from "./durable-file.ts";
import { openWithKms, sealForKms } from "./kms-seal.ts";
import { decodeMaster, MASTER_FILE, type MasterKeys, mastersFromFiles, NEXT_MASTER_FILE } from "./master-key.ts";
import { boundTo, type DataKey, openSealed } from "./open-sealed.ts";

export interface FileVaultOptions {
  /** A folder of its own, so that a backup of the database does not carry the keys that open it. */
  readonly dir: string;
  /** 32 bytes in base64 or hex, from the environment; without it `master.key` in the folder is made and used. */
  readonly masterKey?: string;
  /** The one before: what it wraps is wrapped anew by the one that counts now. */
  readonly previousMasterKey?: string;
  /** Where a master key comes from that neither is given nor lies in a file, as one that a KMS had to open. */
  readonly masters?: MasterKeys;
  /** Opens what is sealed to a KMS; without it such values stay shut. */
  readonly kms?: KeyOps;
  /** Beside a running server: nothing is written, and a new data key cannot be made. */
  readonly isReadOnly?: true;
  /** Tests only. */
  readonly step?: DiskStep;
}

/** Data keys per tenant, wrapped by a master key; AES-256-GCM throughout, the place of a secret as additional data. */
export class FileVault implements Vault {
  readonly #file: string;
  readonly #masters: MasterKeys;
  readonly #step: DiskStep | undefined;
  readonly #isReadOnly: boolean;
  readonly #kms: KeyOps | undefined;
  readonly #keys = new Map<string, readonly DataKey[]>();
  /** How many data keys were wrapped anew, because another master key had wrapped them. */
  readonly rewrapped: number;
  #wrapped: WrappedKeys;

  /**
   * Opens every data key, and wraps anew what another master key wraps than the one that counts. It may be cut off anywhere: the
   * master key that is replaced goes last.
   * @throws Error when the master key is missing for keys that exist, is the wrong one, or is no secret any more
   */
  constructor(options: FileVaultOptions) {
    const { dir, step } = options;
    this.#kms = options.kms;
    this.#isReadOnly = options.isReadOnly === true;
    if (!this.#isReadOnly) mkdirSync(dir, { recursive: true, mode: 0o700 });
    this.#file = path.join(dir, "data-keys.json");
    this.#step = step;
    this.#wrapped = readDataKeys(this.#file);
    this.#masters = mastersOf(options, this.#isReadOnly || Object.keys(this.#wrapped).length > 0);
    this.#unwrapAll();
    if (this.#isReadOnly) {
      this.rewrapped = 0;
      return;
    }
    const again = this.#wrapAgain();
    this.rewrapped = again.count;
    if (again.count > 0) {
      writeDataKeys(this.#file, again.wrapped, step);
      this.#wrapped = again.wrapped;
    }
    const next = path.join(dir, NEXT_MASTER_FILE);
    const isFile = options.masterKey === undefined && options.masters === undefined;
    if (isFile && existsSync(next)) moveDurably(next, path.join(dir, MASTER_FILE), step);
  }

  seal(tenantId: string, place: SecretPlace, bytes: Uint8Array): Sealed {
    const { kid, key } = this.#newest(tenantId) ?? this.#makeKey(tenantId);
    return { v: 1, alg: "A256GCM", kid, recipient: "tenant", ...encrypt(key, bytes, boundTo(tenantId, place)) };
  }

  open(tenantId: string, place: SecretPlace, sealed: Sealed): Secret {
    return openSealed(this.#keys.get(tenantId) ?? [], tenantId, place, sealed);
  }

  sealFor(recipient: KmsRecipient, tenantId: string, place: SecretPlace, bytes: Uint8Array): Sealed {
    return sealForKms(recipient, boundTo(tenantId, place), bytes);
  }

  async openAnywhere(tenantId: string, place: SecretPlace, sealed: Sealed): Promise<Secret> {
    if (sealed.recipient === "tenant") return this.open(tenantId, place, sealed);
    if (this.#kms === undefined)
      throw new PomonaError(
        "unavailable",
        "kms.not-configured",
        "A KMS has to open this, and none is set (POMONA_KMS_*).",
      );
    return openWithKms(this.#kms, boundTo(tenantId, place), sealed);
  }

  mark(tenantId: string, bytes: Uint8Array): string {
    return markWith(this.#newest(tenantId) ?? this.#makeKey(tenantId), bytes);
  }

  isMarkOf(tenantId: string, mark: string, bytes: Uint8Array): boolean {
    const found = this.#keys.get(tenantId)?.find(({ kid }) => mark.startsWith(`${kid}:`));
    if (found === undefined) return false;
    const [ours, theirs] = [Buffer.from(markWith(found, bytes)), Buffer.from(mark)];
    return ours.length === theirs.length && timingSafeEqual(ours, theirs);
  }

  kids(tenantId: string): readonly string[] {
    return (this.#keys.get(tenantId) ?? []).map(({ kid }) => kid);
  }

  rotateDataKey(tenantId: string): string {
    return this.#makeKey(tenantId).kid;
  }

  /** @throws Error rather than begin another key where the one that counts does not open: who brings it back shall find one truth. */
  #newest(tenantId: string): DataKey | undefined {
    const [newest] = this.#wrapped[tenantId] ?? [];
    if (newest === undefined) return undefined;
    const found = this.#find(tenantId, newest);
    if (found === undefined) throw new Error("The newest data key of this tenant does not open. Put back `keys/`.");
    return found;
  }

  /** The data keys in the open, for a recovery bundle; whoever gets them opens every backup. */
  dataKeys(tenantId: string): readonly DataKey[] {
    return this.#keys.get(tenantId) ?? [];
  }

  #makeKey(tenantId: string): DataKey {
    if (this.#isReadOnly) throw new Error("this vault was opened for reading only");
    const key = randomBytes(32);
    const made = { kid: kidOf(key), key };
    const wrapped = [wrapDataKey(this.#masters.target, tenantId, key), ...(this.#wrapped[tenantId] ?? [])];
    const all = { ...this.#wrapped, [tenantId]: wrapped };
    // On disk before anything is sealed with it.
    writeDataKeys(this.#file, all, this.#step);
    this.#wrapped = all;
    this.#keys.set(tenantId, [made, ...(this.#keys.get(tenantId) ?? [])]);
    return made;
  }

  /** One that does not open is left as it is: its tenant's secrets fail, and those of the others do not. */
  #unwrapAll(): void {
    let seen = 0;
    for (const [tenantId, wrapped] of Object.entries(this.#wrapped)) {
      const opened = wrapped.flatMap((each): DataKey[] => {
        const key = unwrapDataKey(this.#masters, tenantId, each);
        return key === undefined ? [] : [{ kid: each.kid, key }];
      });
      this.#keys.set(tenantId, opened);
      seen += opened.length;
    }
    if (seen > 0 || Object.keys(this.#wrapped).length === 0) return;
    throw new Error(
      "The master key does not open the data keys of this server. Start with the key that they were made with; if it was just " +
        "changed, give the one before in POMONA_MASTER_KEY_PREVIOUS.",
    );
  }

  #wrapAgain(): { readonly count: number; readonly wrapped: WrappedKeys } {
    const { target } = this.#masters;
    let count = 0;
    const again = (tenantId: string) => (wrapped: WrappedKey) => {
      const found = wrapped.by === target.id ? undefined : this.#find(tenantId, wrapped);
      if (found === undefined) return wrapped;
      count += 1;
      return wrapDataKey(target, tenantId, found.key);
    };
    const tenants = Object.entries(this.#wrapped).map(([tenantId, keys]) => [tenantId, keys.map(again(tenantId))]);
    return { count, wrapped: Object.fromEntries(tenants) as WrappedKeys };
  }

  #find(tenantId: string, { kid }: WrappedKey): DataKey | undefined {
    return this.#keys.get(tenantId)?.find((each) => each.kid === kid);
  }
}

function mastersOf(options: FileVaultOptions, hasKeys: boolean): MasterKeys {
  const { dir, masterKey, previousMasterKey, masters, step } = options;
  const previous = previousMasterKey === undefined ? [] : [decodeMaster(previousMasterKey)];
  if (masters !== undefined) return { target: masters.target, others: [...masters.others, ...previous] };
  if (masterKey !== undefined) return { target: decodeMaster(masterKey), others: previous };
  // With the one before at hand, a key file can be begun although there are keys already.
  const mustExist = hasKeys && previous.length === 0;
  const { target, others } = mastersFromFiles(dir, { mustExist, ...(step === undefined ? {} : { step }) });
  return { target, others: [...others, ...previous] };
}

/** With a key made of the data key for this alone. */
function markWith({ kid, key }: DataKey, bytes: Uint8Array): string {
  const own = hkdfSync("sha256", key, new Uint8Array(), "pomona mark", 32);
  return `${kid}:${createHmac("sha256", Buffer.from(own)).update(bytes).digest("hex")}`;
}
