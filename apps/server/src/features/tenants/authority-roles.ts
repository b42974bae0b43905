import { EKU, type KeyUsage } from "@pomona/pki";

/** What a certificate of ours is for. A certificate of one role is never taken for another. */
export type CertificateRole = "mdm" | "agent" | "edge" | "server";

interface RoleProfile {
  /** Extended key usages; the last is ours alone (arcs below 2.25 are UUIDs as integers, ITU-T X.667). */
  readonly extendedKeyUsage: readonly string[];
  readonly keyUsage: readonly KeyUsage[];
  readonly validForMs: number;
}

const DAY = 86_400_000;

/** The certificate profile of each role. Apple takes server certificates of at most 825 days. */
export const CERTIFICATE_ROLES: Readonly<Record<CertificateRole, RoleProfile>> = {
  mdm: {
    extendedKeyUsage: [EKU.clientAuth, "2.25.229087689449966793322667571021443239303"],
    // The envelope of a SCEP renewal is encrypted to this key.
    keyUsage: ["digitalSignature", "keyEncipherment"],
    validForMs: 730 * DAY,
  },
  agent: {
    extendedKeyUsage: [EKU.clientAuth, "2.25.179464767628197647534389107470063247131"],
    keyUsage: ["digitalSignature"],
    validForMs: 730 * DAY,
  },
  edge: {
    extendedKeyUsage: [EKU.clientAuth, EKU.serverAuth, "2.25.291314010891325855058197589667463295795"],
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
/** A server certificate is made anew when it has less than this to live. */
export const SERVER_RENEWAL_MS = 60 * DAY;
