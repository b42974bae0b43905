import "reflect-metadata";
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";
import * as x509 from "@peculiar/x509";
import { parseCertificate } from "@pomona/pki";
import { nodeCrypto } from "@pomona/pki/node";
import { type AttestedProperties, openAttestationAuthority } from "@pomona/testkit";
import { ATTESTATION_OID } from "./attestation-claims.ts";
import { attestationRoots } from "./attestation-roots.ts";
import { enclaveKey } from "./testing/acme-rig.ts";
import { verifyAttestation } from "./verify-attestation.ts";

const crypto = nodeCrypto();
const apple = openAttestationAuthority();
const roots = [parseCertificate(apple.rootDer)];
const { spki } = enclaveKey();
const nonce = crypto.random(32);
const verify = (properties: AttestedProperties, freshness: readonly Uint8Array[] = [nonce]) =>
  verifyAttestation(crypto, { chain: apple.attest({ spki, properties }), roots, now: Date.now(), freshness });

test("DevicePropertiesAttestation: the nonce stands as it was sent, and an earlier one counts only when it is named", () => {
  const earlier = crypto.random(32);
  const properties = { serialNumber: "C02A", freshness: earlier };
  assert.deepEqual(verify(properties), { ok: false, reason: "stale" });
  const cached = verify(properties, [nonce, earlier]);
  assert.ok(cached.ok);
  assert.deepEqual(Buffer.from(cached.freshness), Buffer.from(earlier));
  assert.deepEqual(verify(properties, []), { ok: false, reason: "stale" });
  assert.deepEqual(verify({ serialNumber: "C02A", freshness: new Uint8Array() }, [new Uint8Array()]), {
    ok: false,
    reason: "stale",
  });
});

test("claims are read in Apple's forms, and what is in none of them is not known", () => {
  const base = { serialNumber: "C02A", freshness: nonce };
  const claims = (properties: AttestedProperties) => {
    const verdict = verify({ ...base, ...properties });
    assert.ok(verdict.ok);
    return verdict.claims;
  };
  assert.equal(claims({}).systemIntegrityProtection, null);
  for (const [value, isOn] of [
    ["0", true],
    ["1", false],
    ["\u0000", true],
    ["\u0001", false],
    ["\u0002\u0001\u0000", true],
    ["\u0002\u0001\u0001", false],
    ["yes", null],
    ["", null],
    ["00", null],
  ] as const) {
    assert.equal(claims({ systemIntegrityProtection: value }).systemIntegrityProtection, isOn, JSON.stringify(value));
  }
  assert.equal(claims({ thirdPartyKexts: "2" }).thirdPartyKextsAllowed, true);
  assert.equal(claims({ secureBoot: "Full Security" }).secureBoot, "Full Security");
  assert.equal(claims({ secureBoot: "\u000c\u0004Full" }).secureBoot, "Full");
  assert.equal(claims({ osVersion: "x".repeat(200) }).osVersion, null);
  assert.equal(claims({ osVersion: "\u0007" }).osVersion, null);
});

test("a serial number is printable text, raw: nothing else is one", () => {
  for (const serialNumber of ["", "\u0000", "C02\n", "\u000c\u0004C02A", "x".repeat(129)]) {
    assert.deepEqual(verify({ serialNumber, freshness: nonce }), { ok: false, reason: "no-serial-number" });
  }
});

test("without roots, and without a chain, nothing is verified", () => {
  const chain = apple.attest({ spki, properties: { serialNumber: "C02A", freshness: nonce } });
  const question = { chain, roots, now: Date.now(), freshness: [nonce] };
  assert.deepEqual(verifyAttestation(crypto, { ...question, roots: [] }), { ok: false, reason: "no-roots" });
  assert.deepEqual(verifyAttestation(crypto, { ...question, chain: [] }), { ok: false, reason: "no-chain" });
});

test("the setting takes roots in PEM and nothing else", () => {
  assert.deepEqual(attestationRoots(" \n"), []);
  assert.equal(attestationRoots(`${apple.rootPem}\n${openAttestationAuthority().rootPem}`).length, 2);
  for (const text of ["no certificate", apple.rootPem.replace("MI", "AA"), apple.rootPem.slice(0, 200)]) {
    assert.throws(() => attestationRoots(text), /POMONA_ATTESTATION_ROOTS/);
  }
});

test("a chain that another library issued is verified, and its claims are read", async () => {
  const algorithm = { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" };
  const keys = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const [rootKeys, subKeys, leafKeys] = await Promise.all([keys(), keys(), keys()]);
  const authority = [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
  ];
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=Other Root, O=Other",
    keys: rootKeys,
    signingAlgorithm: algorithm,
    extensions: authority,
  });
  const sub = await x509.X509CertificateGenerator.create({
    subject: "CN=Other Sub CA, O=Other",
    issuer: root.subject,
    publicKey: subKeys.publicKey,
    signingKey: rootKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: authority,
  });
  const raw = (oid: string, value: string | Uint8Array) =>
    new x509.Extension(oid, false, new Uint8Array(Buffer.from(value as string, "latin1")));
  const leaf = await x509.X509CertificateGenerator.create({
    subject: "CN=a Mac, O=Other",
    issuer: sub.subject,
    publicKey: leafKeys.publicKey,
    signingKey: subKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      raw(ATTESTATION_OID.serialNumber, "C02OTHER"),
      raw(ATTESTATION_OID.freshness, nonce),
      raw(ATTESTATION_OID.secureBoot, "Reduced Security"),
    ],
  });
  const der = (certificate: x509.X509Certificate) => new Uint8Array(certificate.rawData);
  const question = { chain: [der(leaf), der(sub)], now: Date.now(), freshness: [nonce] };
  const verdict = verifyAttestation(crypto, { ...question, roots: [parseCertificate(der(root))] });
  assert.ok(verdict.ok, JSON.stringify(verdict));
  assert.deepEqual([verdict.claims.serialNumber, verdict.claims.secureBoot], ["C02OTHER", "Reduced Security"]);
  assert.deepEqual(verifyAttestation(crypto, { ...question, roots }), {
    ok: false,
    reason: "untrusted",
    detail: "no-issuer",
  });
});
