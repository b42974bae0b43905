import "reflect-metadata";
import assert from "node:assert/strict";
import { X509Certificate as NodeCertificate } from "node:crypto";
import { test } from "node:test";
import * as peculiar from "@peculiar/x509";
import fc from "fast-check";
import { privateKeyToPem } from "../../node/index.ts";
import { caExtensions, crypto, day, deviceExtensions, makeRoot, makeUnder, now } from "../../testing/actors.ts";
import { openssl, opensslAgrees, put, temporaryFolder } from "../../testing/openssl.ts";
import { toHex } from "../bytes.ts";
import { EKU } from "../oids.ts";
import { decodePem, encodePem } from "../pem.ts";
import { PkiError } from "../pki-error.ts";
import { certificateFingerprint } from "./certificate-fingerprint.ts";
import { formatIpAddress, parseIpAddress } from "./ip-address.ts";
import { issueCertificate } from "./issue-certificate.ts";
import { nameValue } from "./name.ts";
import { parseCertificate } from "./parse-certificate.ts";

const folder = temporaryFolder();
const rsaRoot = makeRoot("rsa-2048");
const ecRoot = makeRoot("ec-p384");

for (const [name, root] of [
  ["RSA", rsaRoot],
  ["ECDSA", ecRoot],
] as const) {
  test(`openssl and Node accept a chain of three certificates that an ${name} root begins`, () => {
    const intermediate = makeUnder(root, "ec-p256", {
      subject: { O: "Acme", CN: "Tenant" },
      extensions: { ...caExtensions, ca: { pathLength: 0 } },
    });
    const leaf = makeUnder(intermediate, "rsa-2048");
    put(folder, "root.pem", encodePem("CERTIFICATE", root.certificate.raw));
    put(folder, "mid.pem", encodePem("CERTIFICATE", intermediate.certificate.raw));
    put(folder, "leaf.pem", encodePem("CERTIFICATE", leaf.certificate.raw));
    const verify = [
      "verify",
      "-x509_strict",
      "-purpose",
      "sslclient",
      "-CAfile",
      "root.pem",
      "-untrusted",
      "mid.pem",
      "leaf.pem",
    ];
    assert.equal(openssl(folder, verify).toString().trim(), "leaf.pem: OK");
    const issuer = new NodeCertificate(intermediate.certificate.raw);
    assert.ok(new NodeCertificate(leaf.certificate.raw).checkIssued(issuer));
  });
}

test("what is issued is read by @peculiar/x509, Node and ourselves alike", () => {
  const { certificate } = makeUnder(rsaRoot, "ec-p256", {
    subject: {
      C: "DE",
      O: "Äpfel & Söhne",
      OU: ["one", "two"],
      CN: "Mac, 1",
      UID: "com.apple.mgmt.External.x",
      serialNumber: "C02XL0GYJGH5",
    },
    serial: Uint8Array.of(0xff, 1),
    extensions: {
      ...deviceExtensions,
      sanDns: ["mac.example"],
      sanEmail: ["a@b.example"],
      sanIp: ["10.0.0.1", "2001:db8::1"],
    },
  });
  const other = new peculiar.X509Certificate(certificate.raw);
  assert.equal(other.subjectName.getField("CN")[0], "Mac, 1");
  assert.deepEqual(other.subjectName.getField("OU"), ["one", "two"]);
  assert.equal(`00${other.serialNumber}`, certificate.serialHex);
  assert.equal(certificate.serialHex, "00ff01");
  assert.deepEqual(
    [other.notBefore.getTime(), other.notAfter.getTime()],
    [certificate.notBefore, certificate.notAfter],
  );
  assert.deepEqual(
    [...(other.getExtension(peculiar.ExtendedKeyUsageExtension)?.usages ?? [])],
    certificate.extendedKeyUsage,
  );
  assert.equal(
    other.getExtension(peculiar.SubjectKeyIdentifierExtension)?.keyId,
    toHex(certificate.ski ?? new Uint8Array()),
  );
  assert.equal(
    other.getExtension(peculiar.AuthorityKeyIdentifierExtension)?.keyId,
    toHex(rsaRoot.certificate.ski ?? new Uint8Array()),
  );
  const node = new NodeCertificate(certificate.raw);
  assert.equal(
    node.subjectAltName,
    "DNS:mac.example, URI:urn:pomona:tenant:t1:device:d1, email:a@b.example, IP Address:10.0.0.1, IP Address:2001:DB8:0:0:0:0:0:1",
  );
  assert.equal(node.fingerprint256.replaceAll(":", "").toLowerCase(), certificateFingerprint(crypto, certificate.raw));
  assert.deepEqual(certificate.sanIp, ["10.0.0.1", "2001:db8::1"]);
  assert.equal(nameValue(certificate.subject, "UID"), "com.apple.mgmt.External.x");
  assert.equal(
    certificate.subject.text,
    "C=DE,O=Äpfel & Söhne,OU=one,OU=two,CN=Mac\\, 1,UID=com.apple.mgmt.External.x,serialNumber=C02XL0GYJGH5",
  );
  assert.deepEqual(certificate.keyUsage, ["digitalSignature", "keyEncipherment"]);
  assert.deepEqual([certificate.keyType, certificate.keyBits, certificate.isCa], ["ec-p256", 256, false]);
});

test("certificates that openssl makes are read field by field", () => {
  for (const [key, type, bits] of [
    ["rsa:2048", "rsa", 2048],
    ["rsa:3070", "rsa", 3070],
    ["ec:secp521r1", "ec-p521", 521],
  ] as const) {
    const [algorithm, parameter] = key.split(":") as [string, string];
    const option = algorithm === "ec" ? `ec_paramgen_curve:${parameter}` : `rsa_keygen_bits:${parameter}`;
    const made = [
      "req",
      "-x509",
      "-newkey",
      algorithm,
      "-pkeyopt",
      option,
      "-nodes",
      "-keyout",
      "k.pem",
      "-subj",
      "/C=DE/O=Acme/CN=x",
    ];
    const extras = [
      "-days",
      "30",
      "-sha384",
      "-addext",
      "subjectAltName=DNS:a.example,IP:::1",
      "-addext",
      "extendedKeyUsage=clientAuth",
    ];
    const pem = openssl(folder, [...made, ...extras]).toString();
    const [block] = decodePem(pem, "CERTIFICATE");
    const certificate = parseCertificate(block?.der ?? new Uint8Array());
    const node = new NodeCertificate(pem);
    assert.equal(certificate.serialHex.replace(/^00/, ""), node.serialNumber.toLowerCase());
    assert.deepEqual([certificate.keyType, certificate.keyBits], [type, bits]);
    assert.equal(certificate.notAfter, Date.parse(node.validTo));
    assert.deepEqual(
      [certificate.sanDns, certificate.sanIp, certificate.extendedKeyUsage],
      [["a.example"], ["::1"], [EKU.clientAuth]],
    );
    assert.equal(certificate.signatureAlgorithm, `${algorithm === "ec" ? "ecdsa" : "rsa"}-sha384`);
    assert.equal(toHex(certificate.spki), node.publicKey.export({ type: "spki", format: "der" }).toString("hex"));
    assert.equal(certificate.isCa, node.ca);
    assert.equal(encodePem("CERTIFICATE", certificate.raw), pem.replaceAll("\r", ""));
  }
});

test("a certificate with a signature algorithm that we do not verify is still read", () => {
  const args = [
    "req",
    "-x509",
    "-newkey",
    "ed25519",
    "-nodes",
    "-keyout",
    "ed.pem",
    "-subj",
    "/CN=ed",
    "-outform",
    "DER",
  ];
  const certificate = parseCertificate(openssl(folder, args));
  assert.deepEqual(
    [certificate.keyType, certificate.signatureAlgorithm, certificate.signatureOid],
    ["other", undefined, "1.3.101.112"],
  );
});

test("the private key that belongs to a certificate is understood by openssl", () => {
  put(folder, "key.pem", privateKeyToPem(ecRoot.key));
  put(folder, "cert.pem", encodePem("CERTIFICATE", ecRoot.certificate.raw));
  const ofKey = openssl(folder, ["pkey", "-in", "key.pem", "-pubout"]).toString();
  assert.equal(ofKey, openssl(folder, ["x509", "-in", "cert.pem", "-noout", "-pubkey"]).toString());
  assert.ok(opensslAgrees(folder, ["x509", "-in", "cert.pem", "-checkend", "0", "-noout"]));
});

test("a certificate that could not be valid is not issued", () => {
  const refuses = (changes: object, issuer = rsaRoot) => {
    const spec = {
      issuer,
      subject: { CN: "x" },
      spki: ecRoot.certificate.spki,
      notBefore: now,
      notAfter: now + day,
      ...changes,
    };
    assert.throws(
      () => issueCertificate(crypto, spec),
      (error) => error instanceof PkiError && error.code.startsWith("x509."),
    );
  };
  refuses({ notAfter: now });
  refuses({ serial: new Uint8Array(21).fill(1) });
  refuses({ serial: new Uint8Array(2) });
  refuses({ subject: { serialNumber: "ä" } });
  refuses({ extensions: { sanIp: ["10.0.0.256"] } });
  refuses({ extensions: { other: [{ oid: "2.5.29.15", value: new Uint8Array(2) }] } });
  refuses({}, { certificate: rsaRoot.certificate, key: ecRoot.key });
});

test("a certificate of an unknown version or with an extension twice is refused", () => {
  const refuses = (code: string, der: Uint8Array) =>
    assert.throws(
      () => parseCertificate(der),
      (error) => error instanceof PkiError && error.code === code,
    );
  const der = Buffer.from(ecRoot.certificate.raw);
  der[der.indexOf(Buffer.of(0xa0, 3, 2, 1, 2)) + 4] = 3;
  refuses("x509.version", der);
  const other = { oid: "1.2.3.4", value: Uint8Array.of(5, 0) };
  const twice = {
    issuer: ecRoot,
    subject: { CN: "x" },
    spki: ecRoot.certificate.spki,
    notBefore: now,
    notAfter: now + day,
  };
  refuses("x509.extension", issueCertificate(crypto, { ...twice, extensions: { other: [other, other] } }));
});

test("a BOOLEAN that is neither of DER's two is refused, in the constraint and as the critical flag", () => {
  const broken = (after: string, octet: number): Buffer => {
    const der = Buffer.from(rsaRoot.certificate.raw);
    const at = der.indexOf(Buffer.from(after, "hex"));
    assert.ok(at > 0);
    der[at + after.length / 2] = octet;
    return der;
  };
  // basicConstraints, then its flag; then the value with cA.
  for (const after of ["0603551d130101", "30030101"]) {
    for (const octet of [1, 0xfd])
      assert.throws(
        () => parseCertificate(broken(after, octet)),
        (error) => error instanceof PkiError && error.code === "der.boolean",
      );
  }
  assert.equal(parseCertificate(broken("30030101", 0)).isCa, false);
});

test("IP addresses take one text form and come back from it", () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const octets = text.includes(".") ? undefined : parseIpAddress(text);
      if (octets) assert.equal(toHex(parseIpAddress(formatIpAddress(octets))), toHex(octets));
    }),
  );
  for (const text of ["::", "::1", "1::", "2001:db8::1:0:0:1", "1:2:3:4:5:6:7:8", "fe80::1:2", "192.168.1.255"]) {
    assert.equal(formatIpAddress(parseIpAddress(text)), text);
  }
  for (const text of ["1:2:3:4:5:6:7", "::1::", "12345::", "1.2.3", "1.2.3.4.5", ""])
    assert.throws(() => parseIpAddress(text), PkiError);
});

test("PEM keeps any bytes and finds blocks between other text", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const text = `before\n${encodePem("X509 CRL", new Uint8Array(3))}between\n${encodePem("CERTIFICATE", bytes)}after`;
      assert.deepEqual(
        decodePem(text, "CERTIFICATE").map((block) => toHex(block.der)),
        [toHex(bytes)],
      );
      assert.equal(decodePem(text).length, 2);
    }),
  );
  assert.throws(() => decodePem("-----BEGIN CERTIFICATE-----\nAAAA"), PkiError);
  assert.throws(() => decodePem("-----BEGIN X-----\nA*AA\n-----END X-----"), PkiError);
});
