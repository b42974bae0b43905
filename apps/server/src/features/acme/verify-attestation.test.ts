import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCertificate } from "@pomona/pki";
import { nodeCrypto } from "@pomona/pki/node";
import { type AttestedProperties, openAttestationAuthority } from "@pomona/testkit";
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
