import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync } from "node:crypto";
import { after, test } from "node:test";
import { AcmeClient, newAccountKey, publicJwk } from "@pomona/testkit";
import { acmeRig } from "./testing/acme-rig.ts";

const rig = await acmeRig();
after(() => rig[Symbol.asyncDispose]());
const { directoryUrl } = await rig.offer("C02DOOR");
const accountUrl = async () => {
  const by = await rig.client(directoryUrl);
  return { by, url: by.kid! };
};
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const raw = (value: unknown): Uint8Array => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));

test("the directory names what there is, and nonces come by HEAD and GET, never twice", async () => {
  const by = new AcmeClient(rig.http, directoryUrl);
  const directory = await by.directory();
  assert.deepEqual(Object.keys(directory).toSorted(), [
    "keyChange",
    "meta",
    "newAccount",
    "newNonce",
    "newOrder",
    "revokeCert",
  ]);
  const seen = new Set<string>();
  for (const [method, status] of [
    ["HEAD", 200],
    ["GET", 204],
    ["HEAD", 200],
  ] as const) {
    const answer = await fetch(directory.newNonce, { method });
    assert.equal(answer.status, status);
    assert.match(answer.headers.get("link")!, /rel="index"/);
    assert.match(answer.headers.get("cache-control")!, /no-store/);
    seen.add(answer.headers.get("replay-nonce")!);
  }
  assert.equal(seen.size, 3);
});

test("a directory of no tenant, of a tenant that does not exist and of a strange path are not there", async () => {
  for (const tenant of ["platform", "x", "0195e4a0-0000-7000-8000-000000000000", "%2e%2e"]) {
    const answer = await fetch(`${rig.plainUrl}/acme/${tenant}/directory`);
    assert.equal(answer.status, 404);
  }
});

test("a nonce is good once: its second use is refused with a fresh one, which works", async () => {
  const { by, url } = await accountUrl();
  const nonce = await by.newNonce();
  const body = await by.sign(url, "", nonce);
  assert.equal((await by.post(url, "", { body })).status, 200);
  const again = await by.post(url, "", { body });
  assert.deepEqual([again.status, again.problem], [400, "badNonce"]);
  const fresh = String(again.headers["replay-nonce"]);
  assert.equal((await by.post(url, "", { body: await by.sign(url, "", fresh) })).status, 200);
});

test("of two requests at once with one nonce, one is taken", async () => {
  const { by, url } = await accountUrl();
  const body = await by.sign(url, "", await by.newNonce());
  const send = () => fetch(url, { method: "POST", headers: { "content-type": "application/jose+json" }, body });
  const statuses = (await Promise.all([send(), send(), send(), send()])).map(({ status }) => status);
  assert.deepEqual(
    statuses.toSorted((a, b) => a - b),
    [200, 400, 400, 400],
  );
});

test("a nonce that is missing, made up or of another server is refused", async () => {
  const { by, url } = await accountUrl();
  await using other = await acmeRig();
  const { directoryUrl: foreign } = await other.offer("C02X");
  const elsewhere = await new AcmeClient(other.http, foreign).newNonce();
  for (const nonce of [undefined, "", "AAAA", "a".repeat(10_000), elsewhere, `${await by.newNonce()}=`]) {
    const answer = await by.post(url, "", { header: { nonce } });
    assert.equal(answer.status, 400);
    assert.ok(answer.problem === "badNonce" || (answer.problem === "malformed" && (nonce?.length ?? 0) > 5_000));
  }
});

test("a request with a wrong signature does not spend its nonce", async () => {
  const { by, url } = await accountUrl();
  const nonce = await by.newNonce();
  const wrong = await by.post(url, "", { body: await by.sign(url, "", nonce, { key: newAccountKey() }) });
  assert.deepEqual([wrong.status, wrong.problem], [400, "malformed"]);
  assert.equal((await by.post(url, "", { body: await by.sign(url, "", nonce) })).status, 200);
});

test("no algorithm but ours is taken: none, HS256 with the public key as secret, one that is not the key's", async () => {
  const { by, url } = await accountUrl();
  const jwk = await by.jwk();
  for (const alg of ["none", "HS256", "ES512", "EdDSA", "RS1", "", 7]) {
    const head = base64url({ alg, nonce: await by.newNonce(), url, kid: by.kid });
    const signature = createHmac("sha256", JSON.stringify(jwk)).update(`${head}.`).digest("base64url");
    const body = raw({ protected: head, payload: "", signature: alg === "none" ? "" : signature });
    const answer = await by.post(url, "", { body });
    assert.deepEqual([answer.status, answer.problem], [400, "badSignatureAlgorithm"], String(alg));
    assert.deepEqual(answer.json["algorithms"], ["ES256", "ES384", "RS256"]);
  }
  for (const alg of ["ES384", "RS256"]) {
    const head = base64url({ alg, nonce: await by.newNonce(), url, kid: by.kid });
    const body = raw({ protected: head, payload: "", signature: Buffer.alloc(64, 1).toString("base64url") });
    assert.equal((await by.post(url, "", { body })).problem, "badSignatureAlgorithm");
  }
});

test("ES256, ES384 and RS256 accounts work; small and strange keys are refused", async () => {
  const good = [
    generateKeyPairSync("ec", { namedCurve: "P-256" }),
    generateKeyPairSync("ec", { namedCurve: "P-384" }),
    generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ];
  for (const { privateKey } of good) {
    const by = new AcmeClient(rig.http, directoryUrl, privateKey);
    assert.equal((await by.newAccount()).status, 201);
    assert.equal((await by.post(by.kid!, "")).status, 200);
  }
  const by = new AcmeClient(rig.http, directoryUrl);
  const { newAccount } = await by.directory();
  const jwk = await by.jwk();
  const strange = [
    await publicJwk(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey),
    { kty: "oct", k: "c2VjcmV0" },
    { ...jwk, d: "AAAA" },
    { ...jwk, crv: "secp256k1" },
    { ...jwk, x: jwk.y },
    { ...jwk, x: "!" },
    { ...jwk, x: undefined },
    { kty: "RSA", n: "A".repeat(701), e: "AQAB" },
    { kty: "OKP", crv: "Ed25519", x: jwk.x },
    [],
    "text",
    null,
  ];
  for (const one of strange) {
    const answer = await by.post(newAccount, {}, { header: { kid: undefined, jwk: one } });
    assert.deepEqual([answer.status, answer.problem], [400, "badPublicKey"], JSON.stringify(one));
  }
});

test("the signed url has to be the one that is asked, to the letter", async () => {
  const { by, url } = await accountUrl();
  for (const other of [
    `${url}/orders`,
    `${url}?a=1`,
    url.replace("http://", "https://"),
    url.toUpperCase(),
    "",
    7,
    undefined,
  ]) {
    const answer = await by.post(url, "", { header: { url: other } });
    assert.ok(answer.status === 403 || (answer.status === 400 && typeof other !== "string"), String(other));
    assert.ok(answer.problem === "unauthorized" || answer.problem === "malformed");
  }
});

test("an account is what its kid says and its key proves: not another's, not one of another tenant, not one that is gone", async () => {
  const mine = await accountUrl();
  const theirs = await accountUrl();
  // Another's kid, signed with my key.
  const stolen = await mine.by.post(theirs.url, "", { header: { kid: theirs.url } });
  assert.deepEqual([stolen.status, stolen.problem], [400, "malformed"]);
  // My kid and key, another's resource.
  const peeked = await mine.by.post(theirs.url, "");
  assert.deepEqual([peeked.status, peeked.problem], [403, "unauthorized"]);
  const orders = await mine.by.post(`${theirs.url}/orders`, "");
  assert.deepEqual([orders.status, orders.problem], [403, "unauthorized"]);
  const other = await rig.newTenant("Vineyard");
  const foreign = mine.url.replace(rig.tenant, other);
  const crossed = await mine.by.post(foreign, "", { header: { kid: foreign } });
  assert.deepEqual([crossed.status, crossed.problem], [400, "accountDoesNotExist"]);
  // The kid of here at the door of there.
  assert.equal((await mine.by.post(foreign, "")).problem, "accountDoesNotExist");
  for (const kid of ["", "1", `${mine.url}x`, mine.url.replace(/[^/]+$/, "0195e4a0-0000-7000-8000-000000000000")]) {
    assert.equal((await mine.by.post(mine.url, "", { header: { kid } })).problem, "accountDoesNotExist", kid);
  }
});

test("jwk and kid together, neither, or the wrong one of them are malformed", async () => {
  const { by, url } = await accountUrl();
  const { newAccount } = await by.directory();
  const jwk = await by.jwk();
  for (const answer of [
    await by.post(url, "", { header: { jwk } }),
    await by.post(url, "", { header: { kid: undefined } }),
    await by.post(url, "", { header: { kid: undefined, jwk } }),
    await by.post(newAccount, {}),
    await by.post(url, "", { header: { crit: ["b64"], b64: false } }),
  ]) {
    assert.deepEqual([answer.status, answer.problem], [400, "malformed"]);
  }
});

test("a deactivated account can do nothing, and its key gets no other", async () => {
  const { by, url } = await accountUrl();
  assert.equal((await by.post(url, { status: "valid" })).problem, "malformed");
  assert.deepEqual((await by.post(url, { status: "deactivated" })).json["status"], "deactivated");
  const after = await by.post(url, "");
  assert.deepEqual([after.status, after.problem], [403, "unauthorized"]);
  assert.equal((await by.newOrder("x")).problem, "unauthorized");
  const again = await by.newAccount();
  assert.deepEqual([again.status, again.problem], [403, "unauthorized"]);
});

test("a key has one account; onlyReturnExisting makes none", async () => {
  const key = newAccountKey();
  const by = new AcmeClient(rig.http, directoryUrl, key);
  assert.equal((await by.newAccount({ onlyReturnExisting: true })).problem, "accountDoesNotExist");
  const [first, second] = await Promise.all([
    by.newAccount(),
    new AcmeClient(rig.http, directoryUrl, key).newAccount(),
  ]);
  assert.deepEqual(
    [first.status, second.status].toSorted((a, b) => a - b),
    [200, 201],
  );
  assert.equal(first.headers["location"], second.headers["location"]);
  assert.equal((await by.newAccount({ onlyReturnExisting: true })).status, 200);
});

test("an account's key is changed by both keys; a key that has an account is refused", async () => {
  const { by, url } = await accountUrl();
  const { keyChange } = await by.directory();
  const oldKey = by.key;
  const next = newAccountKey();
  const inner = async (changes: { header?: object; payload?: object; key?: typeof next } = {}) => {
    const header = { kid: undefined, jwk: await publicJwk(next), ...changes.header };
    const payload = { account: url, oldKey: await publicJwk(oldKey), ...changes.payload };
    return JSON.parse(
      (await by.sign(keyChange, payload, undefined, { header, key: changes.key ?? next })).toString(),
    ) as object;
  };
  const someone = await accountUrl();
  for (const message of [
    await inner({ key: newAccountKey() }),
    await inner({ header: { url } }),
    await inner({ header: { nonce: "AAAA" } }),
    await inner({ payload: { account: someone.url } }),
    await inner({ payload: { oldKey: await publicJwk(someone.by.key) } }),
    {},
  ]) {
    const answer = await by.post(keyChange, message);
    assert.deepEqual([answer.status, answer.problem], [400, "malformed"]);
  }
  const taken = await by.post(keyChange, await inner({ header: { jwk: await someone.by.jwk() }, key: someone.by.key }));
  assert.equal(taken.status, 409);
  assert.equal(taken.headers["location"], someone.url);
  assert.equal((await by.post(keyChange, await inner())).status, 200);
  assert.equal((await by.post(url, "")).problem, "malformed");
  by.key = next;
  assert.equal((await by.post(url, "")).status, 200);
});

test("what is no JWS, or more than one, is refused as malformed with a fresh nonce", async () => {
  const { by, url } = await accountUrl();
  const good = JSON.parse((await by.sign(url, "", await by.newNonce())).toString()) as Record<string, string>;
  const bodies: readonly unknown[] = [
    "",
    "{",
    "null",
    "[]",
    "\u0000",
    '"text"',
    `${"[".repeat(30_000)}`,
    `{"a":`.repeat(5_000),
    {},
    { ...good, header: { alg: "ES256" } },
    { ...good, signatures: [] },
    { protected: good["protected"], payload: "" },
    { ...good, payload: 7 },
    { ...good, payload: "not base64url!" },
    { ...good, protected: "" },
    { ...good, protected: base64url([]) },
    { ...good, protected: Buffer.from([0xff, 0xfe]).toString("base64url") },
    { ...good, protected: "A".repeat(10_000) },
    { payload: "", signatures: [{ protected: good["protected"], signature: good["signature"] }] },
    `${good["protected"]}.${good["payload"]}.${good["signature"]}`,
    { ["__proto__"]: good },
  ];
  for (const body of bodies) {
    const answer = await by.post(url, "", { body: raw(body) });
    assert.deepEqual([answer.status, answer.problem], [400, "malformed"], JSON.stringify(body)?.slice(0, 80));
    assert.ok(answer.headers["replay-nonce"]);
    assert.equal(answer.headers["content-type"], "application/problem+json");
  }
});

test("base64url has one form: other letters for the same bytes are malformed, so that nothing signed has a second text", async () => {
  const { by, url } = await accountUrl();
  const good = JSON.parse((await by.sign(url, "", await by.newNonce())).toString()) as { signature: string };
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  // 64 octets leave four bits of the last letter unused.
  const last = letters.indexOf(good.signature.at(-1)!);
  const signature = good.signature.slice(0, -1) + letters[last ^ 1]!;
  assert.deepEqual(Buffer.from(signature, "base64url"), Buffer.from(good.signature, "base64url"));
  const answer = await by.post(url, "", { body: raw({ ...good, signature }) });
  assert.deepEqual([answer.status, answer.problem], [400, "malformed"]);
  assert.equal((await by.post(url, "", { body: raw(good) })).status, 200);
});

test("another content type is 415, a body beyond the limit 413, another method 405, and nothing is ever 401", async () => {
  const { by, url } = await accountUrl();
  assert.equal((await by.post(url, "", { contentType: "application/json" })).status, 415);
  const large = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/jose+json" },
    body: new Uint8Array(65_537),
  });
  assert.equal(large.status, 413);
  await large.arrayBuffer();
  assert.equal((await fetch(url)).status, 405);
  assert.equal((await fetch(directoryUrl, { method: "PUT", body: "x" })).status, 405);
});

test("resources are read with an empty payload", async () => {
  const offer = await rig.offer("C02GET");
  const by = await rig.client(offer.directoryUrl);
  const open = await rig.order(by, offer.clientIdentifier);
  for (const url of [open.url, `${by.kid}/orders`]) assert.equal((await by.post(url, {})).problem, "malformed");
  assert.deepEqual((await by.post(`${by.kid}/orders`, "")).json, { orders: [open.url] });
});
