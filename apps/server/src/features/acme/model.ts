import type { TenantId } from "@pomona/facts";
import type { AccountJwk } from "./account-key.ts";
import type { AttestedClaims } from "./attestation-claims.ts";
import type { ProblemBody } from "./problem.ts";

/** An account (RFC 8555 section 7.1.2): a key, and nothing that grants anything by itself. */
export interface Account {
  readonly tenantId: TenantId;
  readonly id: string;
  readonly jwk: AccountJwk;
  readonly thumbprint: string;
  readonly status: "valid" | "deactivated";
  readonly createdAt: number;
}

/**
 * pending -the attestation holds-> ready -finalize-> valid
 * pending -the attestation is refused-> invalid
 * pending, ready -time-> invalid (shown so; the row goes later)
 */
export type OrderStatus = "pending" | "ready" | "valid" | "invalid";

/** An order for one identifier, with its one authorization and its one challenge: all three have the order's id. */
export interface Order {
  readonly tenantId: TenantId;
  readonly id: string;
  readonly accountId: string;
  readonly enrollmentId: string;
  /** SHA-256 of the ClientIdentifier in hex. */
  readonly identifierHash: string;
  readonly sealedIdentifier: string;
  readonly status: OrderStatus;
  /** Of the challenge: what the Mac's attestation has to answer. */
  readonly token: string;
  readonly error: ProblemBody | null;
  /** What Apple attested, once it did; the key is SubjectPublicKeyInfo. */
  readonly attested: { readonly spki: Uint8Array; readonly claims: AttestedClaims; readonly at: number } | null;
  readonly certificate: Uint8Array | null;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** The one kind of identifier: what the profile gave the Mac as its ClientIdentifier. */
export const IDENTIFIER_TYPE = "permanent-identifier";
export const CHALLENGE_TYPE = "device-attest-01";

/** How long an order may be worked on, in ms. */
export const ORDER_MS = 3_600_000;
/** After how long ended orders are forgotten. */
export const FORGET_AFTER_MS = 86_400_000;
/** After how long an account with no order and no certificate is: a Mac orders at once, and keys cost nothing. */
export const IDLE_ACCOUNT_MS = 2 * ORDER_MS;
/** Tries with one ClientIdentifier, whoever makes them. */
export const MOST_ORDERS_PER_IDENTIFIER = 10;
/** Open orders of one account: a Mac has one. */
export const MOST_ORDERS_PER_ACCOUNT = 20;

export const statusAt = (order: Order, now: number): OrderStatus =>
  order.expiresAt <= now && (order.status === "pending" || order.status === "ready") ? "invalid" : order.status;
