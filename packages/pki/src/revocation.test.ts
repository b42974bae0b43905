import assert from "node:assert/strict";
import { test } from "node:test";
import { crypto, day, deviceExtensions, makeRoot, makeUnder, now } from "../testing/actors.ts";
import { openssl, put, temporaryFolder } from "../testing/openssl.ts";
import { createRevocationList, EKU, encodePem, OID, PkiError, type RevokedEntry, type Signer } from "./index.ts";

const folder = temporaryFolder();
const ca = makeRoot("rsa-2048");
const good = makeUnder(ca, "ec-p256");
const bad = makeUnder(ca, "ec-p256");
put(folder, "ca.pem", encodePem("CERTIFICATE", ca.certificate.raw));
put(folder, "good.pem", encodePem("CERTIFICATE", good.certificate.raw));
put(folder, "bad.pem", encodePem("CERTIFICATE", bad.certificate.raw));

const listOf = (revoked: readonly RevokedEntry[], changes: object = {}, issuer: Signer = ca) =>
  createRevocationList(crypto, {
    issuer,
    thisUpdate: now - day,
    nextUpdate: now + day,
    number: now,
    revoked,
    ...changes,
  });
const entry = { serialHex: bad.certificate.serialHex, revokedAt: now - day, reason: "keyCompromise" as const };
const text = (der: Uint8Array) => openssl(folder, ["crl", "-inform", "DER", "-text", "-noout"], der).toString();

test("openssl reads a revocation list, its number, its times, its reasons, and finds the signature right", () => {
  const said = text(listOf([entry]));
  assert.match(said, /Version 2/);
  assert.match(said, /X509v3 CRL Number/);
  assert.match(said, /X509v3 Authority Key Identifier/);
  assert.match(said, new RegExp(`Serial Number: ${bad.certificate.serialHex.replace(/^00/, "")}`, "i"));
  assert.match(said, /Key Compromise/);
  put(folder, "list.pem", encodePem("X509 CRL", listOf([entry])));
  openssl(folder, ["crl", "-in", "list.pem", "-CAfile", "ca.pem", "-noout"]);
});

test("openssl refuses a certificate that the list names, and takes one that it does not", () => {
  for (const issuer of [ca, makeRoot("ec-p256", { subject: { CN: "EC" } })]) {
    const pair = [makeUnder(issuer, "ec-p256"), makeUnder(issuer, "ec-p256")] as const;
    const named = { ...entry, serialHex: pair[1].certificate.serialHex };
    put(folder, "issuer.pem", encodePem("CERTIFICATE", issuer.certificate.raw));
    put(folder, "issuer-list.pem", encodePem("X509 CRL", listOf([named], {}, issuer)));
    const verify = (signer: Signer) => {
      put(folder, "leaf.pem", encodePem("CERTIFICATE", signer.certificate.raw));
      const args = ["verify", "-crl_check", "-CAfile", "issuer.pem", "-CRLfile", "issuer-list.pem", "leaf.pem"];
      return openssl(folder, args).toString();
    };
    assert.match(verify(pair[0]), /OK/);
    assert.throws(() => verify(pair[1]), /certificate revoked/);
  }
});

test("an empty list, many entries and a serial number with its leading zero are written as they have to be", () => {
  assert.match(text(listOf([])), /No Revoked Certificates/);
  const many = Array.from({ length: 300 }, (_, index) => ({
    serialHex: `00${(0x80_0000 + index).toString(16)}`,
    revokedAt: now - index * 1000,
    reason: index % 2 === 0 ? ("superseded" as const) : ("unspecified" as const),
  }));
  const said = text(listOf(many));
  assert.equal(said.match(/Serial Number: 8\d{2}/g)?.length ?? said.match(/Serial Number:/g)?.length, 300);
  assert.equal(said.match(/Superseded/g)?.length, 150, "unspecified is left out");
});

test("a list with another key, or that ends before it begins, is not made", () => {
  const refuses = (make: () => unknown) =>
    assert.throws(make, (error) => error instanceof PkiError && error.code === "x509.spec");
  refuses(() => listOf([], {}, { certificate: ca.certificate, key: good.key }));
  refuses(() => listOf([], { nextUpdate: now - 2 * day }));
  refuses(() => listOf([], { number: -1 }));
});

test("a certificate says where its list, its responder and its issuer are", () => {
  const pointing = makeUnder(ca, "ec-p256", {
    extensions: {
      ...deviceExtensions,
      crlUrls: ["http://h/crl"],
      ocspUrls: ["http://h/ocsp"],
      issuerUrls: ["http://h/ca"],
    },
  });
  put(folder, "pointing.pem", encodePem("CERTIFICATE", pointing.certificate.raw));
  const said = openssl(folder, ["x509", "-in", "pointing.pem", "-noout", "-text"]).toString();
  assert.match(said, /X509v3 CRL Distribution Points[^]*Full Name:[^]*URI:http:\/\/h\/crl/);
  assert.match(said, /OCSP - URI:http:\/\/h\/ocsp/);
  assert.match(said, /CA Issuers - URI:http:\/\/h\/ca/);
  assert.throws(
    () =>
      makeUnder(ca, "ec-p256", {
        extensions: { other: [{ oid: OID.authorityInfoAccess, value: Uint8Array.of(5, 0) }] },
      }),
    PkiError,
  );
  assert.equal(EKU.ocspSigning, "1.3.6.1.5.5.7.3.9");
});
