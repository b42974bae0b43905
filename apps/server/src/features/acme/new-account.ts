import { newId } from "../../kernel/clock.ts";
import type { HttpResponse, Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { thumbprintOf } from "./account-key.ts";
import { findAccountByKey, insertAccount, updateAccount } from "./accounts.sql.ts";
import { type ByAccount, type ByKey, json, payloadOf, type SignedRequest } from "./acme-door.ts";
import { AcmeProblem } from "./problem.ts";
import type { RateLimit } from "./rate-limit.ts";
import { accountResource } from "./resources.ts";

/** Finds or makes the account of a key (RFC 8555 section 7.3). Contacts are not kept: nobody would be written to. */
export async function newAccount(
  kernel: Kernel,
  limit: RateLimit,
  request: SignedRequest<ByKey>,
): Promise<HttpResponse> {
  const { tenantId, urls, signer, now } = request;
  const { onlyReturnExisting = false } = payloadOf(request);
  if (typeof onlyReturnExisting !== "boolean")
    throw new AcmeProblem("malformed", "onlyReturnExisting is true or false.");
  const scope = systemScope(tenantId, "acme");
  const thumbprint = await thumbprintOf(signer.jwk);
  const known = await kernel.store.read(scope, (tx) => findAccountByKey(tx, thumbprint));
  if (known === undefined) {
    if (onlyReturnExisting) throw new AcmeProblem("accountDoesNotExist", "This key has no account here.");
    const wait = limit.take(`${tenantId} ${request.address}`, now);
    if (wait > 0) throw tooMany(wait);
  }
  const { account, isNew } = await kernel.store.write(scope, async (tx) => {
    // Of two that came at once, the second finds the first's.
    const found = await findAccountByKey(tx, thumbprint);
    if (found !== undefined) return { account: found, isNew: false };
    return { account: await insertAccount(tx, { id: newId(tx.now), jwk: signer.jwk, thumbprint }), isNew: true };
  });
  if (account.status !== "valid") throw new AcmeProblem("unauthorized", "The account of this key was deactivated.");
  return json(isNew ? 201 : 200, accountResource(urls, account), { location: urls.account(account.id) });
}

/** Shows an account, or deactivates it for good (sections 7.3.2 and 7.3.6). */
export async function changeAccount(kernel: Kernel, request: SignedRequest<ByAccount>): Promise<HttpResponse> {
  const { tenantId, urls, signer, payload } = request;
  const { account } = signer;
  if (request.params["id"] !== account.id)
    throw new AcmeProblem("unauthorized", "An account is changed by its own key only.");
  const status = payload.length === 0 ? undefined : payloadOf(request)["status"];
  if (status === undefined) return json(200, accountResource(urls, account));
  if (status !== "deactivated") throw new AcmeProblem("malformed", "An account's status can only become deactivated.");
  await kernel.store.write(systemScope(tenantId, "acme"), (tx) => updateAccount(tx, account.id, { status }));
  return json(200, accountResource(urls, { ...account, status }));
}

export const tooMany = (seconds: number): AcmeProblem =>
  new AcmeProblem("rateLimited", "Too many requests of this kind. Try again later.", {
    headers: { "retry-after": String(seconds) },
  });
