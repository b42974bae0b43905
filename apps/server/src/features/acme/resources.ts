import type { Kernel } from "../../kernel/feature.ts";
import type { Sealed } from "../../kernel/secret.ts";
import type { AcmeUrls } from "./acme-urls.ts";
import { type Account, CHALLENGE_TYPE, IDENTIFIER_TYPE, type Order, type OrderStatus, statusAt } from "./model.ts";

const time = (ms: number): string => new Date(ms).toISOString();

/** Where a ClientIdentifier of an order is sealed. */
export const identifierPlace = (orderId: string) => ({
  table: "acme_orders",
  row: orderId,
  field: "sealed_identifier",
});

const identifierOf = (kernel: Kernel, order: Order) => ({
  type: IDENTIFIER_TYPE,
  value: Buffer.from(
    kernel.vault.open(order.tenantId, identifierPlace(order.id), JSON.parse(order.sealedIdentifier) as Sealed).expose(),
  ).toString("utf8"),
});

export const accountResource = (urls: AcmeUrls, account: Account) => ({
  status: account.status,
  orders: urls.accountOrders(account.id),
});

/** RFC 8555 section 7.1.3. */
export function orderResource(kernel: Kernel, urls: AcmeUrls, order: Order, now: number) {
  const status = statusAt(order, now);
  return {
    status,
    expires: time(order.expiresAt),
    identifiers: [identifierOf(kernel, order)],
    authorizations: [urls.authorization(order.id)],
    finalize: urls.finalize(order.id),
    ...(status === "valid" ? { certificate: urls.certificate(order.id) } : {}),
    ...(order.error === null ? {} : { error: order.error }),
  };
}

/** The authorization and the challenge are as far as the order, and a certificate changes nothing about them. */
const provenStatus: Readonly<Record<OrderStatus, "pending" | "valid" | "invalid">> = {
  pending: "pending",
  ready: "valid",
  valid: "valid",
  invalid: "invalid",
};

/** RFC 8555 section 7.1.4. */
export function authorizationResource(kernel: Kernel, urls: AcmeUrls, order: Order, now: number) {
  return {
    status: provenStatus[statusAt(order, now)],
    expires: time(order.expiresAt),
    identifier: identifierOf(kernel, order),
    challenges: [challengeResource(urls, order, now)],
  };
}

/** RFC 8555 section 8, draft-ietf-acme-device-attest section 5. */
export const challengeResource = (urls: AcmeUrls, order: Order, now: number) => ({
  type: CHALLENGE_TYPE,
  url: urls.challenge(order.id),
  status: provenStatus[statusAt(order, now)],
  token: order.token,
  ...(order.attested === null ? {} : { validated: time(order.attested.at) }),
  ...(order.error === null ? {} : { error: order.error }),
});
