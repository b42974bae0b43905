import {
  createPushRequest as createContract,
  listPushRequests,
  openSigningAnswer,
  requestVendorSignature,
  signPushRequest,
} from "@pomona/contract";
import { type Crypto, decodePem } from "@pomona/pki";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import { notFound, PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import { type CheckedUpload, portalUpload, readSignedRequest, readVendorSignature } from "./portal-upload.ts";
import type { VendorSigner } from "./ports.ts";
import { type PushRequest, putSigningKey, readPushRequest, readPushRequests } from "./push.sql.ts";
import { makePushRequest, requestInUse, storePushRequest } from "./push-certificate.ts";
import { makeAnswerKey, openAnswer } from "./signing-answer.ts";

const MOST_LISTED = 20;
const answerPlace = (id: string) => ({ table: "push_requests", row: id, field: "sealed_signing_key" });

/** The way from a request made here to what Apple's portal takes. */
export const pushRequestActions = (kernel: Kernel, crypto: Crypto, signing: VendorSigner): readonly BoundAction[] => [
  bindAction(createContract, {
    devicesTouched: () => 0,
    prepare: async (_scope, subject) => makePushRequest(crypto, subject),
    run: async ({ tx, prepared }) => storePushRequest(tx, kernel, prepared),
  }),

  bindAction(listPushRequests, {
    run: async ({ tx }) => {
      const rows = await readPushRequests(tx, await requestInUse(tx), MOST_LISTED);
      const items = rows.map(({ id, createdAt, csr, signingCertificate }) => ({
        id,
        createdAt: new Date(createdAt).toISOString(),
        csr,
        isSentToService: signingCertificate !== null,
      }));
      return { items, nextCursor: null };
    },
  }),

  bindAction(signPushRequest, {
    devicesTouched: () => 0,
    run: async ({ tx }, { requestId, signature, chain, plist }) => {
      const csr = csrOf(await requestOf(tx, requestId));
      if (plist !== undefined)
        return answer(requestId, portalUpload(crypto, csr, readSignedRequest(csr, plist), tx.now));
      if (signature === undefined || chain === undefined) {
        throw new PomonaError(
          "invalid",
          "push.no-signature",
          "Give the vendor's signature and chain, or the property list that the vendor made of them.",
        );
      }
      return answer(requestId, portalUpload(crypto, csr, readVendorSignature(signature, chain), tx.now));
    },
  }),

  bindAction(requestVendorSignature, {
    devicesTouched: () => 0,
    prepare: async () => makeAnswerKey(crypto, kernel.clock.now()),
    run: async ({ tx, prepared }, { requestId }) => {
      csrOf(await requestOf(tx, requestId));
      if (signing.url === undefined) {
        throw new PomonaError(
          "conflict",
          "push.no-signing-key",
          "No key for the signing service is set: ask it for one of your own, and set POMONA_MDMCERT_KEY.",
        );
      }
      const sealedKey = kernel.vault.seal(
        tx.scope.tenantId,
        answerPlace(requestId),
        Buffer.from(prepared.keyPem, "utf8"),
      );
      await putSigningKey(tx, requestId, { certificate: prepared.certificate, sealedKey });
      return { sentTo: signing.url };
    },
    finish: async (scope, { requestId, email }, output) => {
      const { csr, signingCertificate } = await kernel.store.read(scope, (tx) => requestOf(tx, requestId));
      const refused = await signing.request({ csr: csr ?? "", email, encryptTo: signingCertificate ?? "" });
      if (refused === undefined) return output;
      throw new PomonaError(
        "unavailable",
        "push.signing-service-refused",
        `The signing service did not take the request: ${refused}. The address must be the one registered there.`,
      );
    },
  }),

  bindAction(openSigningAnswer, {
    devicesTouched: () => 0,
    run: async ({ tx }, { requestId, answer: text }) => {
      const request = await requestOf(tx, requestId);
      const { signingCertificate, sealedSigningKey } = request;
      if (signingCertificate === null || sealedSigningKey === null) {
        throw new PomonaError("conflict", "push.not-asked", "This request was not sent to the signing service.");
      }
      const key = kernel.vault.open(tx.scope.tenantId, answerPlace(requestId), sealedSigningKey);
      const keyPem = Buffer.from(key.expose()).toString("utf8");
      const csr = csrOf(request);
      const plist = openAnswer(crypto, { certificate: signingCertificate, keyPem }, text);
      return answer(requestId, portalUpload(crypto, csr, readSignedRequest(csr, plist), tx.now));
    },
  }),
];

const answer = (requestId: string, { upload, vendor }: CheckedUpload) => ({ requestId, upload, vendor });

async function requestOf(tx: ReadTransaction, id: string): Promise<PushRequest> {
  const request = await readPushRequest(tx, id);
  if (request === undefined) throw notFound("certificate request", id);
  return request;
}

function csrOf({ csr }: PushRequest): Uint8Array {
  if (csr === null)
    throw new PomonaError(
      "conflict",
      "push.request-lost",
      "This request was made by an earlier release. Make another.",
    );
  return decodePem(csr, "CERTIFICATE REQUEST")[0]!.der;
}
