import assert from "node:assert/strict";
import { test } from "node:test";
import {
  buildPkcsReq,
  createCertificateRequest,
  issueCertificate,
  parseCertificate,
  parseSignedData,
} from "@pomona/pki";
import { generateKeyPair } from "@pomona/pki/node";
import { derMutations, type FuzzTarget, fuzz, searchBounds } from "@pomona/testkit/fuzz";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";

/** Ways to send a message that the door tells apart. */
const WAYS = ["POST", "GET"] as const;

async function scepTarget(rig: DeviceRig): Promise<FuzzTarget> {
  const tenantId = await rig.newTenant("Acme");
  const { crypto } = rig.authority;
  const { certificate: caCertificate } = await rig.authority.intermediate(tenantId);
  const key = generateKeyPair("rsa-2048");
  const spki = crypto.publicKeyOf(key);
  const span = { notBefore: rig.clock.now() - 1000, notAfter: rig.clock.now() + 86_400_000 };
  const self = issueCertificate(crypto, {
    issuer: { certificate: "self", key },
    subject: { CN: "self" },
    spki,
    ...span,
  });
  const signer = { certificate: parseCertificate(self), key };
  const routes = rig.features
    .flatMap((feature) => feature.routes ?? [])
    .filter(({ path }) => path === "/scep/{tenantId}");
  const csr = createCertificateRequest(crypto, key, { subject: { CN: "Mac" }, challengePassword: "guessed" });
  const ask = async (method: "GET" | "POST", message: Uint8Array): Promise<void> => {
    const query = method === "GET" ? `&message=${encodeURIComponent(Buffer.from(message).toString("base64"))}` : "";
    const answer = await routes
      .find((route) => route.method === method)!
      .handle({
        method,
        url: `/scep/${tenantId}?operation=PKIOperation${query}`,
        params: { tenantId },
        headers: {},
        body: method === "GET" ? new Uint8Array() : message,
        address: "127.0.0.1",
        signal: new AbortController().signal,
      });
    assert.ok(answer.status === 200 || answer.status === 400, `${answer.status}`);
    // A CertRep with content brings a certificate, and nobody here has a challenge for one.
    if (answer.status === 200) assert.equal(parseSignedData(answer.body as Uint8Array).content?.length ?? 0, 0);
  };
  return {
    name: "scep-door",
    seeds: [csr, buildPkcsReq(crypto, { csr, signer, caCertificate }).der],
    mutations: derMutations,
    open: async (bytes) => {
      for (const method of WAYS) await ask(method, bytes);
      // As the request within a message that is right in all else.
      if (bytes.length < 2000) await ask("POST", buildPkcsReq(crypto, { csr: bytes, signer, caCertificate }).der);
    },
    isRefusal: () => false,
    watches: /features\/enrollment|packages\/pki\/src/,
  };
}

test("the SCEP door answers any message with 400 or a refusal, and gives no certificate without a challenge", async () => {
  await using rig = await deviceRig();
  // Keys and certificates are made anew each time, so nothing of it is worth keeping.
  await fuzz(await scepTarget(rig), searchBounds(3), undefined, false);
});
