import type { Payload, PayloadIdentity } from "./profile.ts";

/** What a profile that escrows FileVault's recovery key is made of. */
export interface RecoveryKeyEscrow {
  readonly certificate: PayloadIdentity;
  readonly escrow: PayloadIdentity;
  /** RSA certificate (DER) to which the Mac encrypts the key. */
  readonly certificateDer: Uint8Array;
  /** What its user reads at the login window: where the key can be had. */
  readonly location: string;
}

/**
 * The payloads `com.apple.security.pkcs1` and `com.apple.security.FDERecoveryKeyEscrow`; they belong into one profile, and a Mac
 * takes one such profile. Only keys that are made after it came are escrowed.
 */
export function recoveryKeyEscrowPayloads(escrow: RecoveryKeyEscrow): readonly [Payload, Payload] {
  return [
    {
      ...escrow.certificate,
      type: "com.apple.security.pkcs1",
      content: { PayloadCertificateFileName: "escrow.cer", PayloadContent: escrow.certificateDer },
    },
    {
      ...escrow.escrow,
      type: "com.apple.security.FDERecoveryKeyEscrow",
      content: { Location: escrow.location, EncryptCertPayloadUUID: escrow.certificate.uuid },
    },
  ];
}
