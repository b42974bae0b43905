import { toHex } from "../bytes.ts";
import type { Crypto } from "../crypto.ts";

/** Lower-case hex SHA-256 of a certificate's DER: how certificates are pinned and cached. */
export function certificateFingerprint(crypto: Crypto, der: Uint8Array): string {
  return toHex(crypto.digest("sha256", der));
}
