import { encodePem } from "@pomona/pki";
import type { HttpRequest, HttpResponse, HttpRoute, Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { type AcmeDoor, expectNoPayload, json } from "./acme-door.ts";
import { answerChallenge } from "./answer-challenge.ts";
import { changeKey } from "./change-key.ts";
import { finalizeOrder } from "./finalize-order.ts";
import { MOST_REQUEST_BYTES } from "./jws.ts";
import { statusAt } from "./model.ts";
import { changeAccount, newAccount } from "./new-account.ts";
import { newOrder } from "./new-order.ts";
import { orderOf } from "./order-of.ts";
import { readOrderIds } from "./orders.sql.ts";
import type { AcmePorts } from "./ports.ts";
import { AcmeProblem } from "./problem.ts";
import type { RateLimit } from "./rate-limit.ts";
import { authorizationResource, orderResource } from "./resources.ts";
import { revokeCertificate } from "./revoke-certificate.ts";

const MOST_LISTED = 100;
/** Answered to a request without a body. */
const NO_BODY = 1;

/** ACME (RFC 8555) of each tenant's own CA, with the one challenge of draft-ietf-acme-device-attest. */
export function acmeRoutes(
  kernel: Kernel,
  door: AcmeDoor,
  ports: AcmePorts,
  accounts: RateLimit,
): readonly HttpRoute[] {
  const get = (method: "GET" | "HEAD", path: string, handle: HttpRoute["handle"]): HttpRoute => ({
    door: "device",
    method,
    path: `/acme/{tenantId}/${path}`,
    maxBodyBytes: NO_BODY,
    handle,
  });
  const post = (path: string, handle: HttpRoute["handle"]): HttpRoute => ({
    door: "device",
    method: "POST",
    path: `/acme/{tenantId}/${path}`,
    maxBodyBytes: MOST_REQUEST_BYTES,
    handle,
  });
  const newNonce = (status: 200 | 204) => (request: HttpRequest) =>
    door.open(request, ({ urls }) => ({
      status,
      headers: {
        "replay-nonce": door.nonces.issue(),
        "cache-control": "no-store",
        link: `<${urls.directory}>;rel="index"`,
      },
    }));
  return [
    get("GET", "directory", (request) =>
      door.open(request, ({ urls }) => {
        const { newNonce: nonceUrl, newAccount: accountUrl, newOrder: orderUrl, keyChange, revokeCert } = urls;
        const meta = { externalAccountRequired: false };
        return json(200, {
          newNonce: nonceUrl,
          newAccount: accountUrl,
          newOrder: orderUrl,
          keyChange,
          revokeCert,
          meta,
        });
      }),
    ),
    get("HEAD", "new-nonce", newNonce(200)),
    get("GET", "new-nonce", newNonce(204)),
    post("new-account", (request) => door.byKey(request, (signed) => newAccount(kernel, accounts, signed))),
    post("account/{id}", (request) => door.byAccount(request, (signed) => changeAccount(kernel, signed))),
    post("account/{id}/orders", (request) =>
      door.byAccount(request, async (signed) => {
        expectNoPayload(signed);
        const { tenantId, signer, urls } = signed;
        if (signed.params["id"] !== signer.account.id)
          throw new AcmeProblem("unauthorized", "An account sees its own orders only.");
        const ids = await kernel.store.read(systemScope(tenantId, "acme"), (tx) =>
          readOrderIds(tx, signer.account.id, MOST_LISTED),
        );
        return json(200, { orders: ids.map(urls.order) });
      }),
    ),
    post("key-change", (request) => door.byAccount(request, (signed) => changeKey(kernel, signed))),
    post("new-order", (request) => door.byAccount(request, (signed) => newOrder(kernel, signed))),
    post("order/{id}", (request) =>
      door.byAccount(request, async (signed) => {
        expectNoPayload(signed);
        return json(200, orderResource(kernel, signed.urls, await orderOf(kernel, signed), signed.now));
      }),
    ),
    post("authz/{id}", (request) =>
      door.byAccount(request, async (signed) => {
        // Authorizations are not deactivated: they end with their order, within the hour.
        expectNoPayload(signed);
        return json(200, authorizationResource(kernel, signed.urls, await orderOf(kernel, signed), signed.now));
      }),
    ),
    post("challenge/{id}", (request) => door.byAccount(request, (signed) => answerChallenge(kernel, ports, signed))),
    post("order/{id}/finalize", (request) => door.byAccount(request, (signed) => finalizeOrder(kernel, ports, signed))),
    post("certificate/{id}", (request) =>
      door.byAccount(request, async (signed): Promise<HttpResponse> => {
        expectNoPayload(signed);
        const order = await orderOf(kernel, signed);
        if (statusAt(order, signed.now) !== "valid" || order.certificate === null)
          throw new AcmeProblem("orderNotReady", "This order has no certificate.");
        const { certificate: issuer } = await ports.authority.intermediate(signed.tenantId);
        return {
          status: 200,
          headers: { "content-type": "application/pem-certificate-chain" },
          body: encodePem("CERTIFICATE", order.certificate) + encodePem("CERTIFICATE", issuer.raw),
        };
      }),
    ),
    post("revoke-cert", (request) => door.bySigner(request, (signed) => revokeCertificate(kernel, ports, signed))),
  ];
}
