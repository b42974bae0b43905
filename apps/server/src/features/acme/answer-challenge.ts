import { createHash } from "node:crypto";
import type { HttpResponse, Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { readEnrollment } from "../enrollment/index.ts";
import { type ByAccount, json, payloadOf, type SignedRequest } from "./acme-door.ts";
import { readAttestationObject } from "./attestation-object.ts";
import { type Order, statusAt } from "./model.ts";
import { orderOf } from "./order-of.ts";
import { stepOrder } from "./orders.sql.ts";
import type { AcmePorts } from "./ports.ts";
import { AcmeProblem, problemBody } from "./problem.ts";
import { challengeResource } from "./resources.ts";
import { verifyAttestation } from "./verify-attestation.ts";

/** Base64url of the largest attestation object, and then some. */
const MOST_TEXT = 40_000;
/** Keys that the Secure Enclave makes. */
const HARDWARE_KEYS: readonly string[] = ["ec-p256", "ec-p384"];

/**
 * Takes the answer to a challenge: an attestation by Apple that a key is in the Mac whose serial number the enrollment is bound to,
 * made for this token. One wrong answer ends the order; the identifier is not spent by it. An empty payload shows the challenge.
 */
export async function answerChallenge(
  kernel: Kernel,
  ports: AcmePorts,
  request: SignedRequest<ByAccount>,
): Promise<HttpResponse> {
  const { tenantId, urls, now } = request;
  const order = await orderOf(kernel, request);
  const show = (shown: Order) =>
    json(200, challengeResource(urls, shown, now), { link: `<${urls.authorization(shown.id)}>;rel="up"` });
  if (request.payload.length === 0 || statusAt(order, now) !== "pending") return show(order);
  const answer = payloadOf(request);
  const scope = systemScope(tenantId, "acme");
  const enrollment = await kernel.store.read(scope, (tx) => readEnrollment(tx, order.enrollmentId));
  const verdict = judge(ports, order, answer, enrollment?.boundSerialNumber ?? null, now);
  if (!verdict.ok) kernel.log.warn("acme.attestation-refused", { tenantId, orderId: order.id, reason: verdict.reason });
  await kernel.store.write(scope, (tx) =>
    stepOrder(
      tx,
      order.id,
      verdict.ok
        ? { from: "pending", to: "ready", attested: { spki: verdict.spki, claims: verdict.claims, at: now } }
        : { from: "pending", to: "invalid", error: problemBody("badAttestationStatement", verdict.reason) },
    ),
  );
  return show(await orderOf(kernel, request));
}

type Judgement =
  | ({ readonly ok: true } & Pick<NonNullable<Order["attested"]>, "spki" | "claims">)
  | { readonly ok: false; readonly reason: string };

const refuse = (reason: string): Judgement => ({ ok: false, reason });

function judge(
  { authority, attestationRoots }: AcmePorts,
  order: Order,
  answer: Readonly<Record<string, unknown>>,
  boundSerialNumber: string | null,
  now: number,
): Judgement {
  const { attObj, error } = answer;
  // Its words are the client's and are not repeated.
  if (error !== undefined) return refuse("the Mac could not get an attestation");
  if (typeof attObj !== "string" || attObj.length > MOST_TEXT || !/^[A-Za-z0-9_-]+$/.test(attObj))
    throw new AcmeProblem("malformed", "The answer has an attObj in base64url.");
  if (attestationRoots.length === 0) return refuse("this server has no attestation root (POMONA_ATTESTATION_ROOTS)");
  if (boundSerialNumber === null) return refuse("the enrollment is not bound to a serial number");
  const object = readAttestationObject(Buffer.from(attObj, "base64url"));
  if (!object.ok) return object;
  if (object.format !== "apple") return refuse("the attestation's format is not apple");
  const verdict = verifyAttestation(authority.crypto, {
    chain: object.chain,
    roots: attestationRoots,
    now,
    freshness: [createHash("sha256").update(order.token, "ascii").digest()],
  });
  if (!verdict.ok) return refuse(`attestation: ${verdict.reason}`);
  const { leaf, claims } = verdict;
  if (!HARDWARE_KEYS.includes(leaf.keyType)) return refuse("attestation: not a key of a Secure Enclave");
  // Both are known to whoever holds the Mac; what counts is that Apple says it.
  if (claims.serialNumber !== boundSerialNumber) return refuse("attestation: another Mac's serial number");
  return { ok: true, spki: leaf.spki, claims };
}
