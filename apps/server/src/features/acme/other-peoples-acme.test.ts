import assert from "node:assert/strict";
import { test } from "node:test";
import { decodePem, encodePem, parseCertificate } from "@pomona/pki";
import { attestationObject, freshnessOfToken } from "@pomona/testkit";
import acme from "acme-client";
import { acmeRig, csrOf, enclaveKey } from "./testing/acme-rig.ts";

// A proxy of the machine must not see what goes to loopback.
acme.axios.defaults.proxy = false;

/** What its types do not show: requests below the level of its own flow, which knows no device-attest-01. */
interface LowLevel {
  readonly api: {
    completeChallenge(url: string, payload: object): Promise<{ readonly data: { readonly status: string } }>;
    apiRequest(url: string, payload: object | null, statuses: readonly number[]): Promise<{ readonly data: unknown }>;
  };
}
interface Orderly {
  readonly status: string;
  readonly url: string;
  readonly finalize: string;
}

test("acme-client goes through directory, account, order, finalize, certificate, new key, revocation and farewell", async () => {
  await using rig = await acmeRig();
  const offer = await rig.offer("C02CLIENT");
  const accountKey = await acme.crypto.createPrivateEcdsaKey("P-256");
  const client = new acme.Client({ directoryUrl: offer.directoryUrl, accountKey, backoffAttempts: 1 });
  const account = await client.createAccount({ termsOfServiceAgreed: true });
  assert.equal(account.status, "valid");
  assert.equal((await client.createAccount({ onlyReturnExisting: true })).status, "valid");
  const identifiers = [{ type: "permanent-identifier", value: offer.clientIdentifier }];
  const order = (await client.createOrder({ identifiers })) as Orderly & Parameters<typeof client.getOrder>[0];
  assert.equal(order.status, "pending");
  const [authorization] = await client.getAuthorizations(order);
  assert.equal(authorization!.status, "pending");
  const [challenge] = authorization!.challenges as { type: string; url: string; token: string; status: string }[];
  assert.equal(challenge!.type, "device-attest-01");

  const key = enclaveKey();
  const properties = { serialNumber: "C02CLIENT", freshness: freshnessOfToken(challenge!.token) };
  const object = attestationObject(rig.apple.attest({ spki: key.spki, properties }));
  const { api } = client as unknown as LowLevel;
  const attObj = Buffer.from(object).toString("base64url");
  assert.equal((await api.completeChallenge(challenge!.url, { attObj })).data.status, "valid");
  assert.equal((await client.waitForValidStatus(authorization!)).status, "valid");

  assert.equal((await client.getOrder(order)).status, "ready");
  const finalized = await client.finalizeOrder(order, encodePem("CERTIFICATE REQUEST", csrOf(key)));
  assert.equal(finalized.status, "valid");
  const chain = await client.getCertificate(finalized);
  const [leaf, issuer] = decodePem(chain, "CERTIFICATE").map(({ der }) => parseCertificate(der));
  assert.deepEqual(Buffer.from(leaf!.spki), Buffer.from(key.spki));
  assert.equal(leaf!.issuer.text, issuer!.subject.text);
  assert.equal(acme.crypto.readCertificateInfo(chain).issuer.commonName, "Pomona issuing");

  await client.updateAccountKey(await acme.crypto.createPrivateEcdsaKey("P-384"));
  await client.revokeCertificate(chain);
  assert.equal((await rig.authority.identify(leaf!.raw, rig.clock.now())).status, "revoked");
  assert.equal((await client.updateAccount({ status: "deactivated" })).status, "deactivated");
  await assert.rejects(client.createOrder({ identifiers }), /deactivated/);
});

test("acme-client tells its user in our words why an identifier is refused", async () => {
  await using rig = await acmeRig();
  const offer = await rig.offer("C02CLIENT");
  const accountKey = await acme.crypto.createPrivateRsaKey(2048);
  const client = new acme.Client({ directoryUrl: offer.directoryUrl, accountKey });
  await client.createAccount();
  const asked = client.createOrder({ identifiers: [{ type: "permanent-identifier", value: "A".repeat(43) }] });
  await assert.rejects(asked, /unknown, used or expired/);
});
