import type { IdentityMethod } from "@pomona/contract";
import { PomonaError } from "../../kernel/errors.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import { type DeviceRow, readDeviceBySerial } from "../devices/index.ts";

/** How one enrollment gets its certificate, decided. */
export type GrantMethod = "scep" | "acme";

/**
 * Refuses invitations that could never be used.
 * @throws PomonaError `enrollment.acme-needs-serial-number`, `enrollment.no-attestation-root`
 */
export function checkIdentityMethod(identity: IdentityMethod, serialNumber: string | null, canAttest: boolean): void {
  if (identity !== "acme") return;
  if (serialNumber === null) {
    throw new PomonaError(
      "invalid",
      "enrollment.acme-needs-serial-number",
      "ACME with attestation proves a serial number: name the Mac's serial number, or choose another identity.",
    );
  }
  if (!canAttest) {
    throw new PomonaError(
      "conflict",
      "enrollment.no-attestation-root",
      "This server has no root to check attestations against: set POMONA_ATTESTATION_ROOTS to a file with Apple's Enterprise Attestation Root CA.",
    );
  }
}

/**
 * What an enrollment of this invitation uses. `acme-if-possible` never makes an enrollment fail: a Mac of which nothing is known
 * gets SCEP, for on a Mac with Intel an ACME payload that asks for a hardware-bound key does not install.
 */
export async function decideMethod(
  tx: ReadTransaction,
  identity: IdentityMethod,
  serialNumber: string | null,
  canAttest: boolean,
): Promise<GrantMethod> {
  if (identity !== "acme-if-possible") return identity;
  if (serialNumber === null || !canAttest) return "scep";
  const device = await readDeviceBySerial(tx, serialNumber);
  return device !== undefined && isKnownToAttest(device) ? "acme" : "scep";
}

/** Apple silicon with macOS 14 or later attests; `processor` is what the Mac itself reported. */
export const isKnownToAttest = (device: Pick<DeviceRow, "facts" | "osVersion">): boolean =>
  (device.facts.processor ?? "").startsWith("Apple ") && Number(/^\d+/.exec(device.osVersion)?.[0] ?? 0) >= 14;
