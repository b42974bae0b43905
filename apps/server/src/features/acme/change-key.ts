import type { HttpResponse, Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { algorithmOf, readJwk, thumbprintOf } from "./account-key.ts";
import { findAccountByKey, updateAccount } from "./accounts.sql.ts";
import { type ByAccount, json, type SignedRequest } from "./acme-door.ts";
import { parseObject, readJws, verifyJws } from "./jws.ts";
import { AcmeProblem } from "./problem.ts";
import { accountResource } from "./resources.ts";

/** Replaces an account's key: signed by the old one around a message signed by the new one (RFC 8555 section 7.3.5). */
export async function changeKey(kernel: Kernel, request: SignedRequest<ByAccount>): Promise<HttpResponse> {
  const { tenantId, urls, signer } = request;
  const { account } = signer;
  const inner = readJws(request.payload);
  if (inner.header.url !== urls.keyChange || inner.header.nonce !== undefined || inner.header.kid !== undefined)
    throw new AcmeProblem("malformed", "The inner message has a jwk, the url of the outer one, and no nonce.");
  const { jwk, key } = readJwk(inner.header.jwk);
  const payload = parseObject(await verifyJws(inner, key, algorithmOf(jwk)), "The inner payload is no JSON object.");
  const oldThumbprint = await thumbprintOf(readJwk(payload["oldKey"]).jwk);
  if (payload["account"] !== urls.account(account.id) || oldThumbprint !== account.thumbprint)
    throw new AcmeProblem("malformed", "The inner payload does not name this account and its key.");
  const thumbprint = await thumbprintOf(jwk);
  await kernel.store.write(systemScope(tenantId, "acme"), async (tx) => {
    const holder = await findAccountByKey(tx, thumbprint);
    if (holder !== undefined) {
      throw new AcmeProblem("conflict", "The new key has an account already.", {
        headers: { location: urls.account(holder.id) },
      });
    }
    await updateAccount(tx, account.id, { jwk, thumbprint });
  });
  return json(200, accountResource(urls, account));
}
