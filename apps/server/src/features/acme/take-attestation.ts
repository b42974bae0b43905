import type { AttestationRefusal } from "@pomona/contract";
import type { DeviceId } from "@pomona/facts";
import type { Certificate, Crypto } from "@pomona/pki";
import type { WriteTransaction } from "../../kernel/store.ts";
import { readDevice } from "../devices/index.ts";
import { type Claims, putAttested, putRefused } from "./device-attestations.sql.ts";
import { verifyAttestation } from "./verify-attestation.ts";

/** What a Mac answered that was asked for DevicePropertiesAttestation. */
export interface AttestedAnswer {
  readonly deviceId: DeviceId;
  /** Of this very command; undefined where it had none. */
  readonly nonce: Uint8Array | undefined;
  /** DER, the leaf first; undefined where the Mac gave none. */
  readonly chain: readonly Uint8Array[] | undefined;
}
interface Ports {
  readonly crypto: Crypto;
  /** What attestations may chain to. None: every answer is refused. */
  readonly attestationRoots: readonly Certificate[];
}
type Judgement =
  | { readonly ok: true; readonly claims: Claims }
  | { readonly ok: false; readonly reason: AttestationRefusal["reason"] };

/** Keeps what Apple attested of the Mac, or why the answer proves nothing, in the transaction that ends the command. */
export const takeAttestation =
  (ports: Ports) =>
  async (tx: WriteTransaction, answer: AttestedAnswer): Promise<void> => {
    const { deviceId } = answer;
    const serialNumber = (await readDevice(tx, deviceId))?.serialNumber ?? null;
    const verdict = judge(ports, answer, serialNumber, tx.now);
    if (verdict.ok) await putAttested(tx, deviceId, verdict.claims);
    else await putRefused(tx, deviceId, verdict.reason);
    await tx.publish({ type: "device.changed", deviceId, data: { fields: ["attestation"] } });
  };

/** An answer may come from the Mac's cache, with the nonce of another command: that one proves nothing of today. */
function judge(
  { crypto, attestationRoots: roots }: Ports,
  { nonce, chain }: AttestedAnswer,
  serialNumber: string | null,
  now: number,
): Judgement {
  if (chain === undefined) return { ok: false, reason: "not-given" };
  if (nonce === undefined || nonce.length === 0) return { ok: false, reason: "no-nonce" };
  if (serialNumber === null) return { ok: false, reason: "unknown-mac" };
  const verdict = verifyAttestation(crypto, { chain, roots, now, freshness: [nonce] });
  if (!verdict.ok) return { ok: false, reason: verdict.reason };
  if (verdict.claims.serialNumber !== serialNumber) return { ok: false, reason: "another-mac" };
  return { ok: true, claims: verdict.claims };
}
