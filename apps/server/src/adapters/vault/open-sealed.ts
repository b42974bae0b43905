import { PomonaError } from "../../kernel/errors.ts";
import { type Sealed, Secret, type SecretPlace } from "../../kernel/secret.ts";
import { decrypt } from "./aes-gcm.ts";

export interface DataKey {
  readonly kid: string;
  readonly key: Uint8Array;
}

/** What is authenticated with a value: where it belongs. */
export const boundTo = (tenantId: string, { table, row, field }: SecretPlace): Buffer =>
  Buffer.from(JSON.stringify([tenantId, table, row, field]));

/** Opens a value with whichever of a tenant's data keys sealed it. @throws PomonaError `vault.cannot-open` */
export function openSealed(keys: readonly DataKey[], tenantId: string, place: SecretPlace, sealed: Sealed): Secret {
  if (sealed.recipient === "kms") throw cannotOpen(place, "only the KMS opens it");
  const found = keys.find(({ kid }) => kid === sealed.kid);
  if (found === undefined) throw cannotOpen(place, "it was sealed with a key that is not here");
  try {
    return new Secret(decrypt(found.key, sealed, boundTo(tenantId, place)));
  } catch {
    throw cannotOpen(place, "it was changed, or sealed for another place");
  }
}

const cannotOpen = ({ table, field }: SecretPlace, why: string): PomonaError =>
  new PomonaError("unavailable", "vault.cannot-open", `A secret of ${table}.${field} does not open: ${why}.`);
