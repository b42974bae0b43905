import assert from "node:assert/strict";
import { test } from "node:test";
import { caExtensions, crypto, day, deviceExtensions, makeRoot, makeUnder, now } from "../../testing/actors.ts";
import type { Crypto } from "../crypto.ts";
import { derNull } from "../der/write.ts";
import { EKU } from "../oids.ts";
import type { ChainOptions } from "./chain-verdict.ts";
import { parseCertificate } from "./parse-certificate.ts";
import { verifyChain } from "./verify-chain.ts";

const root = makeRoot("ec-p256");
const tenant = makeUnder(root, "ec-p256", {
  subject: { CN: "Tenant" },
  extensions: { ...caExtensions, ca: { pathLength: 0 } },
});
const leaf = makeUnder(tenant, "ec-p256");
const roots = [root.certificate];
const intermediates = [tenant.certificate];

function reason(
  certificate: typeof leaf.certificate,
  options: ChainOptions & { at?: number } = {},
  between = intermediates,
) {
  const verdict = verifyChain(crypto, certificate, between, roots, options.at ?? now, options);
  return verdict.ok ? "ok" : verdict.reason;
}

test("a path is found over intermediates in any order, with strangers among them", () => {
  const stranger = makeRoot("ec-p256", { subject: { CN: "Tenant" } });
  const verdict = verifyChain(
    crypto,
    leaf.certificate,
    [stranger.certificate, leaf.certificate, tenant.certificate],
    roots,
    now,
    { eku: EKU.clientAuth },
  );
  assert.deepEqual(verdict.ok && verdict.path.map((certificate) => certificate.subject.text), [
    "O=Acme,CN=device",
    "CN=Tenant",
    "O=Acme,CN=Root ec-p256",
  ]);
});

test("a root that is the leaf itself is a path of one", () => {
  assert.equal(reason(root.certificate), "ok");
});

test("a leaf without a path is refused with the reason", () => {
  assert.equal(reason(leaf.certificate, {}, []), "no-issuer");
  assert.equal(
    reason(makeUnder(makeRoot("ec-p256", { subject: { CN: "Elsewhere" } }), "ec-p256").certificate),
    "no-issuer",
  );
  const tampered = leaf.certificate.raw.slice();
  const last = tampered.length - 1;
  tampered[last] = (tampered[last] as number) ^ 1;
  assert.equal(reason(parseCertificate(tampered)), "bad-signature");
  assert.equal(reason(leaf.certificate, { eku: EKU.serverAuth }), "wrong-usage");
});

test("validity is checked for every certificate unless that is waived", () => {
  assert.equal(reason(leaf.certificate, { at: now - 2 * day }), "not-yet-valid");
  assert.equal(reason(leaf.certificate, { at: now + 400 * day }), "expired");
  assert.equal(reason(leaf.certificate, { at: now + 400 * day, allowExpiredLeaf: true }), "expired");
  assert.equal(reason(leaf.certificate, { at: now + 400 * day, allowExpiredLeaf: true, allowExpiredCa: true }), "ok");
  const old = makeUnder(tenant, "ec-p256", { notBefore: now - 20 * day, notAfter: now - 10 * day });
  assert.equal(reason(old.certificate), "expired");
  assert.equal(reason(old.certificate, { allowExpiredLeaf: true }), "ok");
});

test("only a CA may issue, and no longer path than it allows", () => {
  const device = makeUnder(tenant, "ec-p256", { subject: { CN: "Device as CA" } });
  const forged = makeUnder(device, "ec-p256");
  assert.equal(reason(forged.certificate, {}, [device.certificate, tenant.certificate]), "issuer-not-ca");
  const notCa = makeUnder(root, "ec-p256", { subject: { CN: "No CA" }, extensions: { keyUsage: ["keyCertSign"] } });
  assert.equal(reason(makeUnder(notCa, "ec-p256").certificate, {}, [notCa.certificate]), "issuer-not-ca");
  const noSigning = makeUnder(root, "ec-p256", {
    subject: { CN: "No signing" },
    extensions: { ca: {}, keyUsage: ["digitalSignature"] },
  });
  assert.equal(reason(makeUnder(noSigning, "ec-p256").certificate, {}, [noSigning.certificate]), "issuer-not-ca");
  const deeper = makeUnder(tenant, "ec-p256", { subject: { CN: "Deeper" }, extensions: caExtensions });
  assert.equal(
    reason(makeUnder(deeper, "ec-p256").certificate, {}, [deeper.certificate, tenant.certificate]),
    "path-too-long",
  );
});

test("a CA that names usages limits its leaves to them", () => {
  const servers = makeUnder(root, "ec-p256", {
    subject: { CN: "Servers" },
    extensions: { ...caExtensions, extendedKeyUsage: [EKU.serverAuth] },
  });
  const under = makeUnder(servers, "ec-p256");
  assert.equal(reason(under.certificate, { eku: EKU.clientAuth }, [servers.certificate]), "wrong-usage");
  assert.equal(reason(under.certificate, {}, [servers.certificate]), "ok");
});

test("a critical extension that nobody understands refuses the certificate", () => {
  const other = [{ oid: "1.2.3.4", isCritical: true, value: derNull() }];
  assert.equal(
    reason(makeUnder(tenant, "ec-p256", { extensions: { ...deviceExtensions, other } }).certificate),
    "unknown-critical-extension",
  );
});

test("a usage that is asked for must be named by the leaf", () => {
  const plain = makeUnder(tenant, "ec-p256", { extensions: { keyUsage: ["digitalSignature"] } });
  assert.equal(reason(plain.certificate), "ok");
  assert.equal(reason(plain.certificate, { eku: EKU.clientAuth }), "wrong-usage");
});

test("a hostile bag of look-alike CAs costs a bounded number of signature checks", () => {
  const other = makeRoot("ec-p256").certificate;
  const bag = Array.from({ length: 500 }, (_, i) => ({
    ...tenant.certificate,
    raw: Uint8Array.of(i >> 8, i & 255),
    spki: other.spki,
  }));
  let checks = 0;
  const counting: Crypto = {
    ...crypto,
    verify: (...args) => {
      checks++;
      return crypto.verify(...args);
    },
  };
  assert.equal(verifyChain(counting, leaf.certificate, bag, roots, now).ok, false);
  assert.equal(checks, 64);
});

test("a loop of CAs that issue each other ends", () => {
  const looping = makeRoot("ec-p256", { subject: { CN: "Loop" } });
  const again = {
    ...looping,
    certificate: makeUnder(looping, "ec-p256", { subject: { CN: "Loop" }, extensions: caExtensions }).certificate,
  };
  const bag = Array.from({ length: 40 }, () => [
    looping.certificate,
    again.certificate,
    parseCertificate(looping.certificate.raw.slice()),
  ]).flat();
  assert.equal(reason(makeUnder(looping, "ec-p256").certificate, {}, bag), "no-issuer");
});
