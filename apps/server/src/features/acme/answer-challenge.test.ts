import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { after, test } from "node:test";
import { createCertificateRequest } from "@pomona/pki";
import { generateKeyPair, nodeCrypto } from "@pomona/pki/node";
import { attestationObject, freshnessOfToken, openAttestationAuthority } from "@pomona/testkit";
import { encode } from "cbor2";
import { acmeRig, enclaveKey, type OpenOrder } from "./testing/acme-rig.ts";

const rig = await acmeRig();
after(() => rig[Symbol.asyncDispose]());
const SERIAL = "C02ATTEST";
const key = enclaveKey();
const HOUR = 3_600_000;

/** A new order, its challenge answered with an object made from it; the order must not become ready. */
async function refused(make: (open: OpenOrder) => Uint8Array, reason: RegExp): Promise<void> {
  const offer = await rig.offer(SERIAL);
  const by = await rig.client(offer.directoryUrl);
  const open = await rig.order(by, offer.clientIdentifier);
  const answer = await rig.answer(by, open, make(open));
  assert.equal(answer.status, 200);
  assert.equal(answer.json["status"], "invalid");
  const { type, detail } = answer.json["error"] as { type: string; detail: string };
  assert.equal(type, "urn:ietf:params:acme:error:badAttestationStatement");
  assert.match(detail, reason);
  assert.equal((await by.post(open.url, "")).json["status"], "invalid");
  const finalized = await rig.finalize(by, open, key);
  assert.deepEqual([finalized.status, finalized.problem], [403, "orderNotReady"]);
  // What failed is the order: the identifier is good for another try.
  assert.equal((await by.newOrder(offer.clientIdentifier)).status, 201);
}

const properties = (open: OpenOrder) => ({ serialNumber: SERIAL, freshness: freshnessOfToken(open.token) });

test("an attestation of another authority is refused, whatever it says", () =>
  refused(
    (open) => attestationObject(openAttestationAuthority().attest({ spki: key.spki, properties: properties(open) })),
    /untrusted/,
  ));

test("an authority that has the name of Apple's and sends its own root along is refused", () =>
  refused((open) => {
    const impostor = openAttestationAuthority();
    return attestationObject([...impostor.attest({ spki: key.spki, properties: properties(open) }), impostor.rootDer]);
  }, /untrusted/));

test("a leaf whose bytes were changed after it was signed is refused", () =>
  refused((open) => {
    const [leaf, ...others] = rig.apple.attest({
      spki: key.spki,
      properties: { ...properties(open), serialNumber: "C02OTHERX" },
    });
    const forged = Buffer.from(leaf!);
    forged.write(SERIAL, forged.indexOf("C02OTHERX"), "latin1");
    return attestationObject([forged, ...others]);
  }, /untrusted/));

test("a leaf without the intermediate that signed it is refused", () =>
  refused(
    (open) => attestationObject(rig.apple.attest({ spki: key.spki, properties: properties(open) }).slice(0, 1)),
    /untrusted/,
  ));

test("an issuer that stands as its own leaf is refused", () =>
  refused(() => attestationObject([rig.apple.intermediateDer]), /leaf-is-ca/));

test("a root that stands as its own leaf is refused", () =>
  refused(() => attestationObject([rig.apple.rootDer]), /leaf-is-ca/));

test("an expired leaf is refused", () =>
  refused((open) => {
    const now = rig.clock.now();
    return attestationObject(
      rig.apple.attest({
        spki: key.spki,
        properties: properties(open),
        notBefore: now - 2 * HOUR,
        notAfter: now - HOUR,
      }),
    );
  }, /expired/));

test("a leaf of tomorrow is refused", () =>
  refused((open) => {
    const now = rig.clock.now();
    return attestationObject(
      rig.apple.attest({
        spki: key.spki,
        properties: properties(open),
        notBefore: now + HOUR,
        notAfter: now + 2 * HOUR,
      }),
    );
  }, /untrusted/));

test("an attestation without a freshness code is refused", () =>
  refused(
    () => attestationObject(rig.apple.attest({ spki: key.spki, properties: { serialNumber: SERIAL } })),
    /no-freshness/,
  ));

test("an attestation made for another token is refused", () =>
  refused(
    () =>
      attestationObject(
        rig.apple.attest({
          spki: key.spki,
          properties: { serialNumber: SERIAL, freshness: freshnessOfToken("another token") },
        }),
      ),
    /stale/,
  ));

test("the token itself in place of its digest is refused", () =>
  refused(
    (open) =>
      attestationObject(
        rig.apple.attest({
          spki: key.spki,
          properties: { serialNumber: SERIAL, freshness: Buffer.from(open.token, "ascii") },
        }),
      ),
    /stale/,
  ));

test("an attestation without a serial number is refused", () =>
  refused(
    (open) =>
      attestationObject(rig.apple.attest({ spki: key.spki, properties: { freshness: freshnessOfToken(open.token) } })),
    /no-serial-number/,
  ));

test("another Mac's attestation is refused", () =>
  refused(
    (open) =>
      attestationObject(
        rig.apple.attest({ spki: key.spki, properties: { ...properties(open), serialNumber: "C02ANOTHER" } }),
      ),
    /another Mac/,
  ));

test("a UDID, or an identifier, in the place of the serial number matches nothing", () =>
  refused(
    (open) =>
      attestationObject(
        rig.apple.attest({
          spki: key.spki,
          properties: {
            freshness: freshnessOfToken(open.token),
            provisioningUdid: SERIAL,
            softwareUpdateDeviceId: SERIAL,
          },
        }),
      ),
    /no-serial-number/,
  ));

test("a key that no Secure Enclave makes is refused", () => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const spki = publicKey.export({ type: "spki", format: "der" });
  return refused(
    (open) => attestationObject(rig.apple.attest({ spki, properties: properties(open) })),
    /Secure Enclave/,
  );
});

test("another format is refused, though its chain is good", () =>
  refused(
    (open) => attestationObject(rig.apple.attest({ spki: key.spki, properties: properties(open) }), "packed"),
    /format is not apple/,
  ));

test("bytes that are no certificate are refused", () =>
  refused(() => attestationObject([new Uint8Array(64).fill(0x30)]), /unreadable-certificate/));

test("a chain of many certificates is refused unread", () =>
  refused((open) => {
    const chain = rig.apple.attest({ spki: key.spki, properties: properties(open) });
    return attestationObject([...chain, ...chain, ...chain]);
  }, /too-long/));

const bombs: Readonly<Record<string, Uint8Array>> = {
  "twenty thousand lists in each other": new Uint8Array(20_000).fill(0x81),
  "a list of 2^53 elements": Uint8Array.of(0x9b, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  "a list of 2^64 elements": Uint8Array.of(0x9b, ...new Uint8Array(8).fill(0xff)),
  "a map of 2^32 keys": Uint8Array.of(0xba, 0xff, 0xff, 0xff, 0xff, 0x61, 0x61, 0),
  "four gigabytes of bytes": Uint8Array.of(0x5a, 0xff, 0xff, 0xff, 0xff, 1, 2, 3),
  "a map of indefinite length": Uint8Array.of(0xbf, 0x63, 0x66, 0x6d, 0x74, 0x65, 0x61, 0x70, 0x70, 0x6c, 0x65, 0xff),
  "bytes of indefinite length": Uint8Array.of(0x5f, 0x41, 1, 0x41, 2, 0xff),
  "a key twice": Buffer.concat([
    Buffer.from([0xa2]),
    ...[1, 2].map(() => Buffer.concat([encode("fmt"), encode("apple")])),
  ]),
  "something behind its end": Buffer.concat([encode({ fmt: "apple", attStmt: { x5c: [] } }), Buffer.of(0)]),
  "a tag in place of the statement": Buffer.concat([
    Buffer.from([0xa2]),
    encode("fmt"),
    encode("apple"),
    encode("attStmt"),
    Buffer.of(0xc1, 0),
  ]),
  "no map at all": encode("apple"),
  "a statement without a chain": encode({ fmt: "apple", attStmt: {} }),
  "numbers for certificates": encode({ fmt: "apple", attStmt: { x5c: [1, 2] } }),
};
for (const [what, bytes] of Object.entries(bombs)) {
  test(`an attestation object with ${what} is refused`, () => refused(() => bytes, /attestation object|missing|x5c/));
}

test("an answer without an attestation is malformed and uses nothing up; one that is too large or garbled likewise", async () => {
  const offer = await rig.offer(SERIAL);
  const by = await rig.client(offer.directoryUrl);
  const open = await rig.order(by, offer.clientIdentifier);
  for (const payload of [
    {},
    { attObj: 7 },
    { attObj: "not base64url!" },
    { attObj: "A".repeat(40_001) },
    { attObj: "" },
  ]) {
    const answer = await by.post(open.challenge, payload);
    assert.deepEqual([answer.status, answer.problem], [400, "malformed"]);
  }
  assert.equal((await rig.attest(by, open, key, { serialNumber: SERIAL })).json["status"], "valid");
});

test("a Mac that says it got no attestation ends its order, and its words are not repeated", async () => {
  const offer = await rig.offer(SERIAL);
  const by = await rig.client(offer.directoryUrl);
  const open = await rig.order(by, offer.clientIdentifier);
  const answer = await by.post(open.challenge, { error: "<script>words</script>" });
  assert.equal(answer.json["status"], "invalid");
  assert.ok(!answer.text.includes("script"));
});

test("a challenge that was answered stays as it is", async () => {
  const { by, open, offer } = await rig.ready("C02TWICE");
  const again = await rig.attest(
    by,
    open,
    enclaveKey(),
    { serialNumber: offer.serialNumber },
    openAttestationAuthority(),
  );
  assert.deepEqual([again.status, again.json["status"]], [200, "valid"]);
});

test("the request has to be for the attested key", async () => {
  const { by, open, key: attested } = await rig.ready("C02KEY");
  const other = await rig.finalize(by, open, enclaveKey());
  assert.deepEqual([other.status, other.problem], [400, "badCSR"]);
  assert.equal((await rig.finalize(by, open, attested)).status, 200);
});

test("a request that is not signed by its own key, or is none, is refused", async () => {
  const { by, open, key: attested } = await rig.ready("C02CSR");
  const forged = createCertificateRequest(nodeCrypto(), attested.key, { subject: { CN: "x" } });
  forged[forged.length - 1]! ^= 1;
  for (const csr of [Buffer.from(forged), Buffer.from("no request"), Buffer.alloc(0)]) {
    const answer = await by.post(open.finalize, { csr: csr.toString("base64url") });
    assert.equal(answer.status, 400);
    assert.ok(answer.problem === "badCSR" || answer.problem === "malformed");
  }
  const rsa = generateKeyPair("rsa-2048");
  const otherKey = createCertificateRequest(nodeCrypto(), rsa, { subject: { CN: "x" } });
  assert.equal((await by.post(open.finalize, { csr: Buffer.from(otherKey).toString("base64url") })).problem, "badCSR");
  assert.equal((await rig.finalize(by, open, attested)).status, 200);
});

test("without a root no attestation is good enough, and the server says what is missing", async () => {
  await using bare = await acmeRig({ withRoots: false });
  await assert.rejects(bare.offer("C02BARE"), /POMONA_ATTESTATION_ROOTS/);
  await assert.rejects(
    bare.act(bare.tenant, "enrollment.change-policy", { identity: "acme" }),
    /POMONA_ATTESTATION_ROOTS/,
  );
  const possible = await bare.invite(bare.tenant, { serialNumber: "C02BARE", identity: "acme-if-possible" });
  // SCEP is what is possible.
  await assert.rejects(bare.offerFrom(possible, "C02BARE"), /no ACME payload/);
});
