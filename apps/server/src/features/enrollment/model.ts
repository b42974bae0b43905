import { createHash, randomBytes } from "node:crypto";
import type { DeviceId, TenantId } from "@pomona/facts";

/**
 * How far an enrollment has come. It begins when a Mac fetches its profile, with a challenge for one identity:
 * `invited` -Authenticate-> `authenticated` -TokenUpdate-> `enrolled` -CheckOut, replaced, removed-> `unenrolled`.
 * Authenticate leads to `authenticated` from every state.
 */
export type EnrollmentState = "invited" | "authenticated" | "enrolled" | "unenrolled";

/** An MDM relation of one Mac: what its identity, its queue and its tokens hang on. Times in ms. */
export interface Enrollment {
  readonly tenantId: TenantId;
  /** In the certificate's name: a certificate belongs to exactly one enrollment, from the moment it is signed. */
  readonly id: string;
  readonly invitationId: string | null;
  /** When set, only the Mac with this serial number may use it. */
  readonly boundSerialNumber: string | null;
  readonly state: EnrollmentState;
  /** UDID, or EnrollmentID of a User Enrollment; set by the first Authenticate and never changed. */
  readonly identifier: string | null;
  readonly serialNumber: string | null;
  readonly deviceId: DeviceId | null;
  readonly topic: string;
  /**
   * Hash of the certificate that counts, and of those before it until the new one has brought a TokenUpdate: the last one that
   * brought any, and those of renewals that broke off, for only the Mac knows which of them it went on with.
   */
  readonly pin: string | null;
  readonly previousPins: readonly string[];
  /** When the certificate that counts ends, ms. */
  readonly pinExpiresAt: number | null;
  /** A further identity was granted: the next Authenticate with it renews, and clears nothing. */
  readonly isRenewing: boolean;
  /** TokenUpdates since the last new enrollment; 1 means "newly enrolled". */
  readonly tally: number;
  /** Identities granted so far; part of the payload UUIDs of renewals. */
  readonly generation: number;
  readonly pushToken: Uint8Array | null;
  readonly pushMagic: string | null;
  /** Apple refused the token: no push until the Mac sends another. */
  readonly isPushStopped: boolean;
  readonly isAwaitingConfiguration: boolean;
  /** Apple keeps hardware identifiers back, and allows fewer commands. */
  readonly isUserEnrollment: boolean;
  /** Its identity is a key in the hardware of the bound serial number, as Apple attested: nothing less may replace it. */
  readonly isAttested: boolean;
  readonly createdAt: number;
}

/** How long a SCEP challenge can be used, in ms. */
export const CHALLENGE_MS = 3_600_000;
/** How long a Mac with an expired identity may still poll, so that a renewal can reach it, in ms. */
export const EXPIRED_GRACE_MS = 30 * 86_400_000;

/** 256 random bits as URL-safe text: an invitation's code, a challenge. */
export const newSecretText = (): string => randomBytes(32).toString("base64url");
/** The form in which codes and challenges are kept. */
export const hashOfSecret = (secret: string): string => createHash("sha256").update(secret, "utf8").digest("hex");

/** A UUID in Apple's upper case that is always the same for the same words (RFC 9562 version 8, over SHA-256). */
export function stableUuid(...words: readonly string[]): string {
  const bytes = createHash("sha256").update(words.join("\0"), "utf8").digest().subarray(0, 16);
  bytes[6] = 0x80 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString("hex").toUpperCase();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
