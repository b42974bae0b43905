import { inspect } from "node:util";

/** Where a secret belongs. It is bound into the seal, so that a value moved elsewhere does not open. */
export interface SecretPlace {
  readonly table: string;
  readonly row: string;
  readonly field: string;
}

/** A secret at rest: AES-256-GCM under the tenant's data key. All binary fields are base64. */
export interface Sealed {
  readonly v: 1;
  readonly alg: "A256GCM";
  readonly kid: string;
  readonly recipient: "tenant";
  readonly nonce: string;
  readonly ciphertext: string;
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
  /** @throws PomonaError `vault.cannot-open` when the key is missing, or the value was sealed for another place */
  open(tenantId: string, place: SecretPlace, sealed: Sealed): Secret;
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
  /** The column that is the primary key, after the tenant; null where a tenant has one row. */
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
