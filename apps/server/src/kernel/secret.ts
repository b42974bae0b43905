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
