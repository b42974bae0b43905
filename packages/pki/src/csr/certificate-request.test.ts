import "reflect-metadata";
import assert from "node:assert/strict";
import { test } from "node:test";
import * as peculiar from "@peculiar/x509";
import { generateKeyPair } from "../../node/index.ts";
import { crypto } from "../../testing/actors.ts";
import { openssl, put, temporaryFolder } from "../../testing/openssl.ts";
import { toHex } from "../bytes.ts";
import { contextTag } from "../der/tags.ts";
import { derUtf8String } from "../der/text.ts";
import { derAlgorithm, derBitString, derElement, derInteger, derOid, derSequence, derSetOf } from "../der/write.ts";
import { OID } from "../oids.ts";
import { PkiError } from "../pki-error.ts";
import { createCertificateRequest } from "./create-certificate-request.ts";
import { parseCertificateRequest } from "./parse-certificate-request.ts";
import { verifyCertificateRequest } from "./verify-certificate-request.ts";

const folder = temporaryFolder();

for (const type of ["rsa-2048", "ec-p256", "ec-p384"] as const) {
  test(`openssl verifies a request over ${type}, and @peculiar/x509 reads the same challenge`, () => {
    const key = generateKeyPair(type);
    const der = createCertificateRequest(crypto, key, {
      subject: { O: "Acme", CN: "Mac 1" },
      challengePassword: "se-cret 1",
      sanDns: ["mac.example"],
    });
    put(folder, "r.der", der);
    const text = openssl(folder, ["req", "-inform", "DER", "-in", "r.der", "-verify", "-noout", "-text"]).toString();
    assert.match(text, /challengePassword\s*:se-cret 1/);
    assert.match(text, /DNS:mac\.example/);
    assert.match(text, /Subject: O = Acme, CN = Mac 1/);
    const attribute = new peculiar.Pkcs10CertificateRequest(der).getAttribute("1.2.840.113549.1.9.7");
    assert.ok(attribute instanceof peculiar.ChallengePasswordAttribute);
    assert.equal(attribute.password, "se-cret 1");
    const parsed = parseCertificateRequest(der);
    assert.deepEqual(
      [parsed.challengePassword, parsed.sanDns, parsed.subject.text],
      ["se-cret 1", ["mac.example"], "O=Acme,CN=Mac 1"],
    );
    assert.ok(verifyCertificateRequest(crypto, parsed));
  });
}

for (const [mask, challenge] of [
  ["default", "abc123"],
  ["utf8only", "grün"],
  ["nombstr", "a_b@c"],
] as const) {
  test(`a challenge that openssl writes with string mask ${mask} is read`, () => {
    const lines = [
      "[req]",
      `string_mask=${mask}`,
      "utf8=yes",
      "prompt=no",
      "distinguished_name=dn",
      "attributes=at",
      "[dn]",
      "CN=x",
      "[at]",
      `challengePassword=${challenge}`,
    ];
    put(folder, "c.cnf", lines.join("\n"));
    const der = openssl(folder, [
      "req",
      "-new",
      "-config",
      "c.cnf",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      "k.pem",
      "-outform",
      "DER",
    ]);
    const parsed = parseCertificateRequest(der);
    assert.equal(parsed.challengePassword, challenge);
    assert.deepEqual([parsed.keyType, parsed.keyBits], ["rsa", 2048]);
    assert.ok(verifyCertificateRequest(crypto, parsed));
  });
}

test("a request with two challenges is refused", () => {
  const key = crypto.publicKeyOf(generateKeyPair("ec-p256"));
  const challenge = derSequence(derOid(OID.challengePassword), derSetOf([derUtf8String("x")]));
  const info = (...attributes: Uint8Array[]) =>
    derSequence(derInteger(0), derSequence(), key, derElement(contextTag(0), ...attributes));
  const request = (tbs: Uint8Array) =>
    derSequence(tbs, derAlgorithm(OID.ecdsaWithSha256), derBitString(new Uint8Array(1)));
  assert.equal(parseCertificateRequest(request(info(challenge))).challengePassword, "x");
  const twice = request(info(challenge, challenge));
  assert.throws(
    () => parseCertificateRequest(twice),
    (error) => error instanceof PkiError && error.code === "csr.attribute",
  );
});

test("a request whose signature is over something else is not verified", () => {
  const der = createCertificateRequest(crypto, generateKeyPair("ec-p256"), {
    subject: { CN: "Mac 1" },
    challengePassword: "secret",
  });
  const at = Buffer.from(der).indexOf("Mac 1");
  const changed = der.slice();
  changed[at] = 0x4e;
  const parsed = parseCertificateRequest(changed);
  assert.equal(parsed.subject.text, "CN=Nac 1");
  assert.equal(verifyCertificateRequest(crypto, parsed), false);
  assert.throws(
    () => parseCertificateRequest(Uint8Array.of(...der, 5, 0)),
    (error) => error instanceof PkiError && error.code === "der.trailing",
  );
  assert.equal(toHex(parseCertificateRequest(der).raw), toHex(der));
});
