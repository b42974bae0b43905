import { randomBytes } from "node:crypto";
import { newId } from "../../kernel/clock.ts";
import type { HttpResponse, Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { hashOfSecret, peekChallenge } from "../enrollment/index.ts";
import { type ByAccount, json, payloadOf, type SignedRequest } from "./acme-door.ts";
import { IDENTIFIER_TYPE, MOST_ORDERS_PER_ACCOUNT, MOST_ORDERS_PER_IDENTIFIER, ORDER_MS } from "./model.ts";
import { tooMany } from "./new-account.ts";
import { countOrdersOfAccount, countOrdersOfIdentifier, insertOrder } from "./orders.sql.ts";
import { AcmeProblem } from "./problem.ts";
import { identifierPlace, orderResource } from "./resources.ts";

/** Form of a ClientIdentifier; anything else is not looked up. */
const CLIENT_IDENTIFIER = /^[A-Za-z0-9_-]{43}$/;

/**
 * Begins an order (RFC 8555 section 7.4) for the one identifier that an enrollment profile gave a Mac. Nothing is spent: unknown,
 * used, expired and another tenant's identifiers get one and the same answer.
 */
export async function newOrder(kernel: Kernel, request: SignedRequest<ByAccount>): Promise<HttpResponse> {
  const { tenantId, urls, signer, now } = request;
  const identifier = identifierOf(payloadOf(request));
  const identifierHash = hashOfSecret(identifier);
  const id = newId(now);
  const sealed = kernel.vault.seal(tenantId, identifierPlace(id), Buffer.from(identifier, "utf8"));
  const order = await kernel.store.write(systemScope(tenantId, "acme"), async (tx) => {
    const enrollmentId = CLIENT_IDENTIFIER.test(identifier)
      ? await peekChallenge(tx, identifierHash, "acme")
      : undefined;
    if (enrollmentId === undefined)
      throw new AcmeProblem("rejectedIdentifier", "This identifier is unknown, used or expired. Enroll again.");
    const isTooMany =
      (await countOrdersOfIdentifier(tx, identifierHash)) >= MOST_ORDERS_PER_IDENTIFIER ||
      (await countOrdersOfAccount(tx, signer.account.id)) >= MOST_ORDERS_PER_ACCOUNT;
    if (isTooMany) throw tooMany(ORDER_MS / 1000);
    return insertOrder(tx, {
      id,
      accountId: signer.account.id,
      enrollmentId,
      identifierHash,
      sealedIdentifier: JSON.stringify(sealed),
      token: randomBytes(32).toString("base64url"),
      expiresAt: tx.now + ORDER_MS,
    });
  });
  return json(201, orderResource(kernel, urls, order, now), { location: urls.order(order.id) });
}

/** `notBefore` and `notAfter` are ours to choose; a client that asks is told so. */
function identifierOf(payload: Readonly<Record<string, unknown>>): string {
  if (payload["notBefore"] !== undefined || payload["notAfter"] !== undefined)
    throw new AcmeProblem("malformed", "The validity of certificates is not chosen by the client here.");
  const { identifiers } = payload;
  const only: unknown = Array.isArray(identifiers) && identifiers.length === 1 ? identifiers[0] : undefined;
  if (typeof only !== "object" || only === null)
    throw new AcmeProblem("malformed", "An order has exactly one identifier.");
  const { type, value } = only as Readonly<Record<string, unknown>>;
  if (type !== IDENTIFIER_TYPE)
    throw new AcmeProblem("unsupportedIdentifier", `The one kind of identifier here is ${IDENTIFIER_TYPE}.`);
  if (typeof value !== "string") throw new AcmeProblem("malformed", "The identifier has no value.");
  return value;
}
