import { type CertificateRequest, PkiError, parseCertificateRequest, verifyCertificateRequest } from "@pomona/pki";
import type { HttpResponse, Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { type ByAccount, json, payloadOf, type SignedRequest } from "./acme-door.ts";
import { insertAttestation } from "./attestations.sql.ts";
import { type Order, statusAt } from "./model.ts";
import { orderOf } from "./order-of.ts";
import { stepOrder } from "./orders.sql.ts";
import type { AcmePorts } from "./ports.ts";
import { AcmeProblem, problemBody } from "./problem.ts";
import { orderResource } from "./resources.ts";

const MOST_REQUEST_TEXT = 16_384;

/**
 * Gives the certificate (RFC 8555 section 7.4). From the request comes the key, which has to be the attested one, and nothing else:
 * names are ours. Identifier, order and certificate change in one transaction, so of two finalizes at once one gets a certificate.
 */
export async function finalizeOrder(
  kernel: Kernel,
  ports: AcmePorts,
  request: SignedRequest<ByAccount>,
): Promise<HttpResponse> {
  const { tenantId, urls, now } = request;
  const order = await orderOf(kernel, request);
  const { attested } = order;
  const serialNumber = attested?.claims.serialNumber ?? null;
  if (statusAt(order, now) !== "ready" || attested === null || serialNumber === null) throw notReady();
  const csr = readCsr(ports, payloadOf(request)["csr"]);
  if (!Buffer.from(csr.spki).equals(attested.spki))
    throw new AcmeProblem("badCSR", "The request is for another key than the attested one.");
  const grant = await ports.enrollment.grantAttested({
    tenantId,
    hash: order.identifierHash,
    enrollmentId: order.enrollmentId,
    serialNumber,
    spki: attested.spki,
    alongside: async (tx, issued) => {
      await insertAttestation(tx, {
        certificateHash: issued.hash,
        accountId: order.accountId,
        enrollmentId: order.enrollmentId,
        claims: { ...attested.claims, serialNumber },
        attestedAt: attested.at,
      });
      return stepOrder(tx, order.id, { from: "ready", to: "valid", certificate: issued.der });
    },
  });
  if (!grant.ok) {
    kernel.log.warn("acme.grant-refused", { tenantId, orderId: order.id, reason: grant.reason });
    await refuseOrder(kernel, order);
    throw notReady();
  }
  const done: Order = { ...order, status: "valid", certificate: grant.issued.der };
  return json(200, orderResource(kernel, urls, done, now), { location: urls.order(order.id) });
}

/** Used by another order, expired meanwhile, or the invitation ended: this order leads nowhere. */
const refuseOrder = (kernel: Kernel, order: Order) =>
  kernel.store.write(systemScope(order.tenantId, "acme"), (tx) =>
    stepOrder(tx, order.id, {
      from: "ready",
      to: "invalid",
      error: problemBody("rejectedIdentifier", "The identifier is used or expired, or its invitation has ended."),
    }),
  );

const notReady = (): AcmeProblem =>
  new AcmeProblem("orderNotReady", "The order is not ready: its challenge is open, or it has ended.");

function readCsr({ authority }: AcmePorts, text: unknown): CertificateRequest {
  if (typeof text !== "string" || text.length > MOST_REQUEST_TEXT || !/^[A-Za-z0-9_-]+$/.test(text))
    throw new AcmeProblem("malformed", "The csr is base64url of a PKCS#10 request.");
  let csr: CertificateRequest;
  try {
    csr = parseCertificateRequest(Buffer.from(text, "base64url"));
  } catch (error) {
    if (error instanceof PkiError) throw new AcmeProblem("badCSR", "The request cannot be read.");
    throw error;
  }
  if (!verifyCertificateRequest(authority.crypto, csr))
    throw new AcmeProblem("badCSR", "The request is not signed with its own key.");
  return csr;
}
