import { randomBytes } from "node:crypto";
import { generateKeyPair, nodeCrypto } from "@pomona/pki/node";
import type { AttestationAuthority } from "../acme/attestation-authority.ts";
import type { MacModel } from "../model/mac-model.ts";

/**
 * What Apple attests of one Mac (Apple: DevicePropertiesAttestation). An attestation is kept: without a nonce, or with the one that it
 * was made for, it is given out again. Macs with Intel's chip have none.
 */
export function attester(
  model: MacModel,
  authority: AttestationAuthority | undefined,
): (nonce: Uint8Array | undefined) => readonly Uint8Array[] | undefined {
  let kept: { nonce: Buffer; chain: readonly Uint8Array[] } | undefined;
  return (nonce) => {
    if (authority === undefined || !model.hardware.isAppleSilicon) return undefined;
    if (kept !== undefined && (nonce === undefined || kept.nonce.equals(nonce))) return kept.chain;
    const freshness = Buffer.from(nonce ?? randomBytes(32));
    const crypto = nodeCrypto();
    const chain = authority.attest({
      spki: crypto.publicKeyOf(generateKeyPair("ec-p384")),
      properties: {
        serialNumber: model.serialNumber,
        provisioningUdid: model.provisioningUdid,
        osVersion: model.os.version,
        freshness,
        systemIntegrityProtection: model.sip ? "0" : "1",
      },
    });
    kept = { nonce: freshness, chain };
    return chain;
  };
}
