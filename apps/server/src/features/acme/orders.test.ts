import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, test } from "node:test";
import { decodePem, parseCertificate } from "@pomona/pki";
import { generateKeyPair, keyObject } from "@pomona/pki/node";
import { AcmeClient, newAccountKey, publicJwk } from "@pomona/testkit";
import { derBombs } from "../../adapters/device-door/testing/bombs.ts";
import { fetchProfile } from "../../adapters/device-door/testing/enroll-mac.ts";
import { requestIdentity, TestMac } from "../../adapters/device-door/testing/test-mac.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { sqlOf } from "../../kernel/store.ts";
import { hashOfSecret, peekChallenge, readEnrollment } from "../enrollment/index.ts";
import { acmeRoutes } from "./acme.http.ts";
import { AcmeDoor } from "./acme-door.ts";
import type { AttestedClaims } from "./attestation-claims.ts";
import { type OrderStep, stepOrder } from "./orders.sql.ts";
import { RateLimit } from "./rate-limit.ts";
import { acmeRig, csrOf, enclaveKey } from "./testing/acme-rig.ts";

const rig = await acmeRig();
after(() => rig[Symbol.asyncDispose]());
const HOUR = 3_600_000;
const certificateOf = async (by: Awaited<ReturnType<typeof rig.client>>, url: unknown) => {
  const { text } = await by.post(String(url), "");
  return parseCertificate(decodePem(text, "CERTIFICATE")[0]!.der);
};

test("an identifier buys one certificate: used, made up, garbled and another tenant's get one and the same answer", async () => {
  const { offer, by, open, key } = await rig.ready("C02ONCE");
  const spare = await rig.order(by, offer.clientIdentifier);
  assert.equal((await rig.finalize(by, open, key)).json["status"], "valid");
  const other = await rig.newTenant("Vineyard");
  const foreign = await rig.offer("C02ONCE", other);
  const answers = [];
  for (const identifier of [
    offer.clientIdentifier,
    "A".repeat(43),
    "short",
    "",
    "x".repeat(10_000),
    foreign.clientIdentifier,
  ]) {
    const { status, json } = await by.newOrder(identifier);
    answers.push({ status, json });
  }
  assert.equal(answers[0]!.status, 403);
  assert.equal(answers[0]!.json["type"], "urn:ietf:params:acme:error:rejectedIdentifier");
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  // An order that was open before is of no use any more.
  const second = enclaveKey();
  assert.equal((await rig.attest(by, spare, second, { serialNumber: "C02ONCE" })).json["status"], "valid");
  const late = await rig.finalize(by, spare, second);
  assert.deepEqual([late.status, late.problem], [403, "orderNotReady"]);
  assert.equal((await by.post(spare.url, "")).json["status"], "invalid");
  const again = await rig.finalize(by, open, key);
  assert.equal(again.problem, "orderNotReady");
});

test("of two answers to one challenge the first counts: a step is taken only from where it begins", async () => {
  const { open, key } = await rig.ready("C02STEP");
  const id = open.url.split("/").at(-1)!;
  const step = (taken: OrderStep) =>
    rig.kernel.store.write(systemScope(rig.tenant, "test"), (tx) => stepOrder(tx, id, taken));
  const error = { type: "about:blank", detail: "late" };
  const attested = { spki: key.spki, claims: {} as AttestedClaims, at: 0 };
  assert.equal(await step({ from: "pending", to: "invalid", error }), false);
  assert.equal(await step({ from: "pending", to: "ready", attested }), false);
  assert.equal(await step({ from: "ready", to: "invalid", error }), true);
  assert.equal(await step({ from: "ready", to: "valid", certificate: new Uint8Array(1) }), false);
});

test("of many finalizes at once, of one order and of two for one identifier, one gets a certificate", async () => {
  const { offer, by, open, key } = await rig.ready("C02RACE");
  const rival = await rig.client(offer.directoryUrl);
  const spare = await rig.order(rival, offer.clientIdentifier);
  const other = enclaveKey();
  await rig.attest(rival, spare, other, { serialNumber: "C02RACE" });
  const bodies = await Promise.all(
    [0, 1, 2, 3].map(async () => {
      const csr = { csr: csrOf(key).toString("base64url") };
      return by.sign(open.finalize, csr, await by.newNonce());
    }),
  );
  const send = async (body: Buffer) => {
    const headers = { "content-type": "application/jose+json" };
    return (await fetch(open.finalize, { method: "POST", headers, body: new Uint8Array(body) })).status;
  };
  const statuses = await Promise.all([
    ...bodies.map(send),
    rig.finalize(rival, spare, other).then(({ status }) => status),
  ]);
  assert.equal(statuses.filter((status) => status === 200).length, 1, String(statuses));
  assert.equal(statuses.filter((status) => status === 403).length, 4, String(statuses));
});

test("names, extensions and addresses that a request wishes for are not in the certificate", async () => {
  const { by, open, key } = await rig.ready("C02NAMES");
  const finalized = await rig.finalize(by, open, key, {
    cn: "0195e4a0-0000-7000-8000-000000000000",
    sanDns: ["pomona.example"],
    sanUri: [`urn:pomona:${rig.tenant}:0195e4a0-0000-7000-8000-000000000000:agent`],
  });
  const leaf = await certificateOf(by, finalized.json["certificate"]);
  assert.deepEqual([leaf.sanDns, leaf.sanUri.length], [[], 1]);
  assert.ok(!leaf.subject.text.includes("0195e4a0-0000-7000-8000-000000000000"));
  assert.match(leaf.sanUri[0]!, /:mdm$/);
});

test("a request for a certificate that is a DER bomb is refused, and a good one after it is taken", async () => {
  const { by, open, key } = await rig.ready("C02BOMB");
  for (const [name, bomb] of Object.entries(derBombs(11_000))) {
    const answer = await by.post(open.finalize, { csr: bomb.toString("base64url") });
    assert.deepEqual([answer.status, answer.problem], [400, "badCSR"], name);
  }
  assert.equal((await rig.finalize(by, open, key)).status, 200);
});

test("CVE-2025-44005: no certificate without an authorization, by whatever order of requests", async () => {
  const offer = await rig.offer("C02CVE");
  const by = await rig.client(offer.directoryUrl);
  const open = await rig.order(by, offer.clientIdentifier);
  const key = enclaveKey();
  const refused = async () => {
    const answer = await rig.finalize(by, open, key);
    assert.deepEqual([answer.status, answer.problem], [403, "orderNotReady"]);
  };
  await refused();
  await by.post(open.challenge, {});
  await by.post(open.challenge, "");
  await refused();
  assert.equal((await by.post(open.url.replace("/order/", "/certificate/"), "")).problem, "orderNotReady");
  assert.equal((await by.post(open.url.replace("/order/", "/authz/"), { status: "valid" })).problem, "malformed");
  await refused();
  await rig.attest(by, open, key, { serialNumber: "C02NOTTHIS" });
  await refused();
});

test("an invitation that was revoked meanwhile gives no certificate", async () => {
  const invitation = await rig.invite(rig.tenant, { serialNumber: "C02GONE", identity: "acme" });
  const offer = await rig.offerFrom(invitation, "C02GONE");
  const by = await rig.client(offer.directoryUrl);
  const open = await rig.order(by, offer.clientIdentifier);
  const key = enclaveKey();
  await rig.attest(by, open, key, { serialNumber: "C02GONE" });
  const { items } = (await rig.act(rig.tenant, "enrollment.list-invitations", {})) as {
    items: { id: string; serialNumber: string }[];
  };
  const { id } = items.find(({ serialNumber }) => serialNumber === "C02GONE")!;
  await rig.act(rig.tenant, "enrollment.revoke-invitation", { invitationId: id });
  assert.equal((await rig.finalize(by, open, key)).problem, "orderNotReady");
  assert.equal((await by.post(open.url, "")).json["status"], "invalid");
});

test("a further attested identity is a renewal: the queue stays, and the one before ends with the first TokenUpdate", async () => {
  const first = await rig.ready("C02AGAIN");
  const mac = new TestMac(rig.plainUrl, "C02AGAIN");
  const identity = async ({ by, open, key }: Pick<typeof first, "by" | "open" | "key">) => {
    const { json } = await rig.finalize(by, open, key);
    return { certificate: await certificateOf(by, json["certificate"]), key: key.key };
  };
  const old = await identity(first);
  mac.identity = old;
  mac.topic = first.offer.topic;
  assert.equal((await mac.authenticate()).status, 200);
  assert.equal((await mac.tokenUpdate()).status, 200);
  await rig.settle();
  const waiting = (await mac.poll()).command!;

  const enrollmentId = old.certificate.sanUri[0]!.split(":")[3]!;
  const renewal = (await rig.enrollment.renewalProfile(rig.tenant, enrollmentId, HOUR))!;
  const { clientIdentifier } = rig.readOffer(renewal.profile, "C02AGAIN");
  const by = await rig.client(first.offer.directoryUrl);
  assert.equal((await by.newOrder(clientIdentifier)).problem, "rejectedIdentifier");
  await rig.kernel.store.write(systemScope(rig.tenant, "test"), renewal.admit);
  const open = await rig.order(by, clientIdentifier);
  const key = enclaveKey();
  await rig.attest(by, open, key, { serialNumber: "C02AGAIN" });
  mac.identity = await identity({ by, open, key });
  assert.equal((await mac.authenticate()).status, 200);
  assert.equal((await mac.tokenUpdate()).status, 200);
  assert.equal((await mac.poll()).command!.uuid, waiting.uuid);
  assert.equal((await rig.authority.identify(old.certificate.raw, rig.clock.now())).status, "revoked");
  mac.identity = old;
  assert.equal((await mac.poll()).status, 403);
});

test("new accounts of one address are limited, and those that exist are found all the same", async () => {
  const ports = {
    authority: rig.authority,
    enrollment: rig.enrollment,
    attestationRoots: [],
    deviceUrl: () => rig.plainUrl,
  };
  const door = new AcmeDoor(rig.kernel, ports);
  const routes = acmeRoutes(rig.kernel, door, ports, new RateLimit(1, HOUR));
  const route = routes.find(({ path }) => path.endsWith("/new-account"))!;
  const url = `/acme/${rig.tenant}/new-account`;
  const ask = async (key: ReturnType<typeof newAccountKey>, address: string) => {
    const client = new AcmeClient(rig.http, "unused", key);
    const header = { kid: undefined, jwk: await client.jwk() };
    const body = await client.sign(rig.plainUrl + url, {}, door.nonces.issue(), { header });
    const params = { tenantId: rig.tenant };
    const headers = { "content-type": "application/jose+json" };
    const { signal } = new AbortController();
    return route.handle({ method: "POST", url, params, headers, body, address, signal });
  };
  const key = newAccountKey();
  assert.equal((await ask(key, "192.0.2.1")).status, 201);
  const refused = await ask(newAccountKey(), "192.0.2.1");
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers!["retry-after"]) > 0);
  assert.equal((await ask(key, "192.0.2.1")).status, 200);
  assert.equal((await ask(newAccountKey(), "192.0.2.2")).status, 201);
});

test("an identifier, and an order, end with their hour", async () => {
  await using own = await acmeRig();
  const late = await own.offer("C02LATE");
  const idle = await own.client(late.directoryUrl);
  const { by, open, key } = await own.ready("C02LATE2");
  const finalized = await own.ready("C02DONE");
  await own.finalize(finalized.by, finalized.open, finalized.key);
  own.clock.advance(HOUR + 1000);
  assert.equal((await by.newOrder(late.clientIdentifier)).problem, "rejectedIdentifier");
  assert.equal((await by.post(open.url, "")).json["status"], "invalid");
  assert.equal((await own.finalize(by, open, key)).problem, "orderNotReady");
  assert.equal((await finalized.by.post(finalized.open.url, "")).json["status"], "valid");
  const sweep = async () => {
    const jobs = own.features.flatMap((feature) => feature.jobs ?? []);
    await jobs.find(({ name }) => name === "acme/forget-ended")!.run();
  };
  await sweep();
  assert.equal((await by.post(open.url, "")).status, 200);
  assert.equal((await idle.post(idle.kid!, "")).status, 200);
  own.clock.advance(HOUR);
  await sweep();
  assert.equal((await idle.post(idle.kid!, "")).problem, "accountDoesNotExist");
  assert.equal((await by.post(open.url, "")).status, 200);
  own.clock.advance(24 * HOUR + 1000);
  await sweep();
  // Orders are forgotten, and accounts that came to nothing; one that got a certificate stays, to be able to revoke it.
  assert.equal((await by.post(by.kid!, "")).problem, "accountDoesNotExist");
  assert.deepEqual((await finalized.by.post(`${finalized.by.kid}/orders`, "")).json, { orders: [] });
});

test("one identifier is tried ten times, by whomever", async () => {
  const offer = await rig.offer("C02TEN");
  for (let round = 0; round < 10; round++) {
    const by = await rig.client(offer.directoryUrl);
    assert.equal((await by.newOrder(offer.clientIdentifier)).status, 201);
  }
  const answer = await (await rig.client(offer.directoryUrl)).newOrder(offer.clientIdentifier);
  assert.deepEqual([answer.status, answer.problem], [429, "rateLimited"]);
  assert.ok(Number(answer.headers["retry-after"]) > 0);
});

test("an order has one identifier of one kind, and no wishes for its validity", async () => {
  const offer = await rig.offer("C02KIND");
  const by = await rig.client(offer.directoryUrl);
  const { newOrder } = await by.directory();
  const one = { type: "permanent-identifier", value: offer.clientIdentifier };
  const asked = async (payload: object) => (await by.post(newOrder, payload)).problem;
  assert.equal(await asked({ identifiers: [] }), "malformed");
  assert.equal(await asked({ identifiers: [one, one] }), "malformed");
  assert.equal(await asked({ identifiers: one }), "malformed");
  assert.equal(await asked({ identifiers: [{ type: "dns", value: "example.com" }] }), "unsupportedIdentifier");
  assert.equal(await asked({ identifiers: [{ ...one, value: 7 }] }), "malformed");
  assert.equal(await asked({ identifiers: [one], notAfter: "2050-01-01T00:00:00Z" }), "malformed");
  assert.equal(await asked({ identifiers: [one] }), undefined);
});

test("an order is its account's alone, in all its parts", async () => {
  const { open, key } = await rig.ready("C02MINE");
  const stranger = await rig.client(`${rig.plainUrl}/acme/${rig.tenant}/directory`);
  for (const url of [
    open.url,
    open.challenge,
    open.finalize,
    open.url.replace("/order/", "/authz/"),
    open.url.replace("/order/", "/certificate/"),
  ]) {
    const answer = await stranger.post(url, url === open.finalize ? { csr: "AAAA" } : "");
    assert.equal(answer.status, 404, url);
  }
  assert.equal((await rig.finalize(stranger, open, key)).status, 404);
});

test("a ClientIdentifier is no SCEP challenge, a SCEP challenge is no identifier", async () => {
  const offer = await rig.offer("C02CROSS");
  const scep = await requestIdentity(`${rig.plainUrl}/scep/${rig.tenant}`, offer.clientIdentifier);
  assert.equal(scep.reply.status, "failure");
  const by = await rig.client(offer.directoryUrl);
  const profile = await fetchProfile(rig, await rig.invite(rig.tenant));
  assert.equal((await by.newOrder(profile.challenge)).problem, "rejectedIdentifier");
  assert.equal((await by.newOrder(offer.clientIdentifier)).status, 201);
});

test("an attested identity is not renewed by SCEP: its old key cannot vouch for one that could be anywhere", async () => {
  const offer = await rig.offer("C02RENEW");
  const hash = hashOfSecret(offer.clientIdentifier);
  const scope = systemScope(rig.tenant, "test");
  const enrollmentId = await rig.kernel.store.read(scope, (tx) => peekChallenge(tx, hash, "acme"));
  // RSA, which no enclave makes: so that nothing but the rule is in the way of SCEP.
  const key = generateKeyPair("rsa-2048");
  const request = {
    tenantId: rig.tenant,
    hash,
    enrollmentId: enrollmentId!,
    spki: rig.authority.crypto.publicKeyOf(key),
  };
  const alongside = () => Promise.resolve(true);
  const wrong = await rig.enrollment.grantAttested({ ...request, serialNumber: "C02OTHER", alongside });
  assert.equal(wrong.ok, false);
  const undone = await rig.enrollment.grantAttested({
    ...request,
    serialNumber: "C02RENEW",
    alongside: () => Promise.resolve(false),
  });
  assert.equal(undone.ok, false);
  // Neither of them spent anything.
  const grant = await rig.enrollment.grantAttested({ ...request, serialNumber: "C02RENEW", alongside });
  assert.ok(grant.ok);
  const renew = { certificate: parseCertificate(grant.issued.der), key };
  const answer = await requestIdentity(`${rig.plainUrl}/scep/${rig.tenant}`, undefined, { renew });
  assert.equal(answer.reply.status, "failure");
  const enrollment = await rig.kernel.store.read(scope, (tx) => readEnrollment(tx, enrollmentId!));
  assert.deepEqual([enrollment!.isAttested, enrollment!.generation], [true, 1]);
});

test("what a ClientIdentifier was is nowhere in the store", async () => {
  const { offer } = await rig.ready("C02SECRET");
  const rows = await rig.kernel.store.read(systemScope(PLATFORM, "test"), async (tx) => {
    const db = sqlOf<{ acme_orders: Record<string, string>; scep_challenges: Record<string, string> }>(tx);
    return [
      ...(await db.selectFrom("acme_orders").selectAll().execute()),
      ...(await db.selectFrom("scep_challenges").selectAll().execute()),
    ];
  });
  assert.ok(rows.length > 1);
  assert.ok(!JSON.stringify(rows).includes(offer.clientIdentifier));
  const hash = createHash("sha256").update(offer.clientIdentifier).digest("hex");
  assert.ok(JSON.stringify(rows).includes(hash));
});

test("a certificate is revoked by its own key or by its account, once, and by nobody else", async () => {
  const one = await rig.ready("C02REV1");
  const first = await certificateOf(one.by, (await rig.finalize(one.by, one.open, one.key)).json["certificate"]);
  const two = await rig.ready("C02REV2");
  const second = await certificateOf(two.by, (await rig.finalize(two.by, two.open, two.key)).json["certificate"]);
  const { revokeCert } = await one.by.directory();
  const payload = (der: Uint8Array, reason?: unknown) => ({
    certificate: Buffer.from(der).toString("base64url"),
    ...(reason === undefined ? {} : { reason }),
  });
  for (const answer of [
    await two.by.post(revokeCert, payload(first.raw)),
    await one.by.post(revokeCert, payload(rig.authority.rootDer)),
    await one.by.post(revokeCert, { certificate: "AAAA" }),
  ]) {
    assert.deepEqual([answer.status, answer.problem], [403, "unauthorized"]);
  }
  assert.equal((await one.by.post(revokeCert, payload(first.raw, 99))).problem, "badRevocationReason");
  assert.equal((await one.by.post(revokeCert, {})).problem, "malformed");
  assert.equal((await one.by.post(revokeCert, payload(first.raw, 1))).status, 200);
  assert.equal((await one.by.post(revokeCert, payload(first.raw))).problem, "alreadyRevoked");
  const known = await rig.authority.identify(first.raw, rig.clock.now());
  assert.ok(known.status === "revoked" && known.certificate.revocationReason === "keyCompromise");

  const byKey = async (key: ReturnType<typeof newAccountKey>) =>
    two.by.post(revokeCert, payload(second.raw), { key, header: { kid: undefined, jwk: await publicJwk(key) } });
  assert.equal((await byKey(newAccountKey())).problem, "unauthorized");
  assert.equal((await byKey(keyObject(two.key.key))).status, 200);
  assert.equal((await rig.authority.identify(second.raw, rig.clock.now())).status, "revoked");
});
