import { EKU, type KeyUsage } from "@pomona/pki";

/** What a certificate of ours is for. A certificate of one role is never taken for another. */
export type CertificateRole = "mdm" | "agent" | "edge" | "server";

interface RoleProfile {
  /**
   * Extended key usages; the last is ours alone, a UUID in the arc that Microsoft gives to whoever has none of their own. Not
   * 2.25 of ITU-T X.667: Go refuses certificates with an arc beyond 31 bits, and proxies and SCEP clients are written in Go.
   */
  readonly extendedKeyUsage: readonly string[];
  readonly keyUsage: readonly KeyUsage[];
  readonly validForMs: number;
}

const DAY = 86_400_000;

/** The certificate profile of each role. Apple takes server certificates of at most 825 days. */
export const CERTIFICATE_ROLES: Readonly<Record<CertificateRole, RoleProfile>> = {
  mdm: {
    extendedKeyUsage: [EKU.clientAuth, "1.2.840.113556.1.8000.2554.44120.44833.12573.20166.41918.8970866.14683527"],
    // The envelope of a SCEP renewal is encrypted to this key.
    keyUsage: ["digitalSignature", "keyEncipherment"],
    validForMs: 730 * DAY,
  },
  agent: {
    extendedKeyUsage: [EKU.clientAuth, "1.2.840.113556.1.8000.2554.34563.43056.48715.19772.44834.28490.9051931"],
    keyUsage: ["digitalSignature"],
    validForMs: 730 * DAY,
  },
  edge: {
    extendedKeyUsage: [
      EKU.clientAuth,
      EKU.serverAuth,
      "1.2.840.113556.1.8000.2554.56105.2469.23902.19423.33060.103238.7861043",
    ],
    keyUsage: ["digitalSignature"],
    validForMs: 397 * DAY,
  },
  server: {
    extendedKeyUsage: [EKU.serverAuth],
    keyUsage: ["digitalSignature", "keyEncipherment"],
    validForMs: 397 * DAY,
  },
};

/** Clocks of Macs that were just unpacked run behind. */
export const BACKDATE_MS = 3_600_000;
export const ROOT_VALID_MS = 20 * 365 * DAY;
export const INTERMEDIATE_VALID_MS = 10 * 365 * DAY;
export const RESPONDER_VALID_MS = 30 * DAY;
/** An OCSP responder's certificate is made anew when it has less than this to live: its answers are good for a day. */
export const RESPONDER_RENEWAL_MS = 7 * DAY;
/** A server certificate is made anew when it has less than this to live. */
export const SERVER_RENEWAL_MS = 60 * DAY;
