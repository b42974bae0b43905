import { inspect } from "node:util";

/** Where a secret belongs. It is bound into the seal, so that a value moved elsewhere does not open. */
export interface SecretPlace {
  readonly table: string;
  readonly row: string;
  readonly field: string;
}

/** A secret at rest: AES-256-GCM. All binary fields are base64. */
export type Sealed = SealedForTenant | SealedForKms;

interface SealedBox {
  readonly v: 1;
  readonly alg: "A256GCM";
  readonly kid: string;
  readonly nonce: string;
  readonly ciphertext: string;
}
/** Under the tenant's data key of this name: the server opens it whenever it runs. */
export interface SealedForTenant extends SealedBox {
  readonly recipient: "tenant";
}
/** Under a key of its own, which is encrypted (RSAES-OAEP, SHA-256) to a key of which the server has the public half only. */
export interface SealedForKms extends SealedBox {
  readonly recipient: "kms";
  /** As the KMS calls it. */
  readonly keyId: string;
  readonly wrappedKey: string;
}

/** A key in a KMS to which is sealed, without asking it. */
export interface KmsRecipient {
  readonly keyId: string;
  /** SubjectPublicKeyInfo, DER; RSA. */
  readonly spki: Uint8Array;
}

/**
 * RSA keys that lie in another process, a KMS or an HSM. Both calls go over a network: never inside a transaction.
 * They throw PomonaError `kms.refused`, `kms.unreachable`, and `kms.cannot-open` where the bytes are not for that key.
 */
export interface KeyOps {
  /** SubjectPublicKeyInfo (DER) of an RSA key that decrypts. */
  publicKey(keyId: string): Promise<Uint8Array>;
  /** RSAES-OAEP with SHA-256, and MGF1 with SHA-256. */
  unwrap(keyId: string, wrapped: Uint8Array): Promise<Uint8Array>;
}

/** A secret in the open, for as long as it is needed. It does not print, and does not serialise. */
export class Secret {
  readonly #bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  /** The only way to the bytes; the name is there to be searched for. */
  expose(): Uint8Array {
    return this.#bytes;
  }
  toString(): string {
    return "(secret)";
  }
  toJSON(): string {
    return "(secret)";
  }
  [inspect.custom](): string {
    return "(secret)";
  }
}

/** Seals with the newest data key of a tenant, opens with all of them. Synchronous: they are unwrapped when the server starts. */
export interface Vault {
  seal(tenantId: string, place: SecretPlace, bytes: Uint8Array): Sealed;
  /** Seals so that only a KMS opens it. Asks nobody, so that it works while the KMS does not. */
  sealFor(recipient: KmsRecipient, tenantId: string, place: SecretPlace, bytes: Uint8Array): Sealed;
  /**
   * @throws PomonaError `vault.cannot-open` when the key is missing, the value was sealed for another place, or only a KMS opens it
   */
  open(tenantId: string, place: SecretPlace, sealed: Sealed): Secret;
  /** Opens what `open` opens, and what only a KMS does; not inside a transaction. @throws PomonaError also `kms.*` */
  openAnywhere(tenantId: string, place: SecretPlace, sealed: Sealed): Promise<Secret>;
  /** A mark by which a value is known again without opening it; of use only to who has the tenant's data keys. */
  mark(tenantId: string, bytes: Uint8Array): string;
  isMarkOf(tenantId: string, mark: string, bytes: Uint8Array): boolean;
  /** The names of a tenant's data keys, newest first; none before something was sealed for it. */
  kids(tenantId: string): readonly string[];
  /** Makes another data key, on disk before it is used. What older ones sealed goes on opening. @returns its name */
  rotateDataKey(tenantId: string): string;
}

/**
 * A column in which a feature keeps sealed values as JSON, so that those who open or seal all of them (a drill, a new data key)
 * find every one. `field` of a place is the column's name, and its row the id, where nothing else is said.
 */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** The column that names a row within its tenant, by the primary key or a unique index; null where a tenant has one row. */
  readonly id: string | null;
  /** The values are fields of an object, each under `$sealed`, and were sealed under that field's name. */
  readonly isNested?: true;
  /** A table of the installation, without a column for the tenant. */
  readonly isPlatform?: true;
  /** What a value of a row was sealed for, where that is not its own place. */
  place?(row: Readonly<Record<string, unknown>>, field: string): SecretPlace;
}

/** Where a value of a row was sealed. @param field for a nested one, the field's name */
export function sealedPlace(
  column: SealedColumn,
  row: Readonly<Record<string, unknown>>,
  field: string = column.column,
): SecretPlace {
  if (column.place !== undefined) return column.place(row, field);
  return { table: column.table, row: String(column.id === null ? "" : row[column.id]), field };
}
