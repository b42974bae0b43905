import assert from "node:assert/strict";
import { test } from "node:test";
import { privateKeyToPem } from "../../node/index.ts";
import { crypto, makeRoot, makeUnder, now } from "../../testing/actors.ts";
import { openssl, opensslAgrees, put, temporaryFolder } from "../../testing/openssl.ts";
import { toHex } from "../bytes.ts";
import { rawOf } from "../der/element.ts";
import { DerReader } from "../der/reader.ts";
import { derTime } from "../der/time.ts";
import { derOctetString, derOid } from "../der/write.ts";
import { OID } from "../oids.ts";
import { encodePem } from "../pem.ts";
import { PkiError } from "../pki-error.ts";
import { createSignedData, degenerateSignedData } from "./create-signed-data.ts";
import { parseSignedData } from "./parse-signed-data.ts";
import type { SignedData, VerifySignedDataOptions } from "./signed-data.ts";
import { verifySignedData } from "./verify-signed-data.ts";

const folder = temporaryFolder();
const root = makeRoot("rsa-2048");
const signers = { rsa: makeUnder(root, "rsa-2048"), ec: makeUnder(root, "ec-p256") };
const body = new TextEncoder().encode("<plist>a\r\nb\n</plist>");
put(folder, "body", body);
put(folder, "other", "something else");
put(folder, "root.pem", encodePem("CERTIFICATE", root.certificate.raw));
for (const [name, { certificate, key }] of Object.entries(signers)) {
  put(folder, `${name}.pem`, encodePem("CERTIFICATE", certificate.raw) + privateKeyToPem(key));
}

const sign = (name: string, ...options: string[]) =>
  openssl(folder, ["cms", "-sign", "-binary", "-in", "body", "-signer", `${name}.pem`, "-outform", "DER", ...options]);

function verdict(der: Uint8Array, options: VerifySignedDataOptions = {}) {
  const result = verifySignedData(crypto, parseSignedData(der), options);
  return result.ok ? "ok" : result.reason;
}

for (const name of ["rsa", "ec"] as const) {
  for (const digest of ["sha1", "sha256", "sha384", "sha512"] as const) {
    for (const [what, options] of [
      ["detached", []],
      ["with content", ["-nodetach"]],
      ["with content in BER", ["-nodetach", "-stream"]],
      ["detached, without signed attributes", ["-noattr"]],
      ["detached, naming the key by identifier", ["-keyid"]],
    ] as const) {
      test(`a message that openssl signs with ${name} and ${digest}, ${what}, is verified`, () => {
        const signed = parseSignedData(sign(name, "-md", digest, ...options));
        assert.equal(signed.content && toHex(signed.content), what.startsWith("detached") ? undefined : toHex(body));
        const result = verifySignedData(crypto, signed, { detachedContent: body });
        assert.ok(result.ok, `refused: ${result.ok ? "" : result.reason}`);
        assert.equal(toHex(result.signerCertificate), toHex(signers[name].certificate.raw));
        assert.deepEqual([result.digest, result.contentType, toHex(result.content)], [digest, OID.data, toHex(body)]);
        assert.equal(toHex(result.messageDigest), toHex(crypto.digest(digest, body)));
        assert.equal(result.hasSignedAttributes, !what.includes("without"));
        if (result.hasSignedAttributes) assert.ok(Math.abs((result.signingTime ?? 0) - now) < 600_000);
        assert.deepEqual(
          verifySignedData(crypto, signed, { detachedContent: new TextEncoder().encode("another body") }).ok,
          false,
        );
      });
    }

    test(`openssl verifies what we sign with ${name} and ${digest}, detached and with content`, () => {
      const spec = { content: body, signer: signers[name], digest, signingTime: now };
      const verify = (message: string, ...more: string[]) => [
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        message,
        "-CAfile",
        "root.pem",
        "-purpose",
        "any",
        ...more,
      ];
      const attached = put(folder, "attached.der", createSignedData(crypto, spec));
      assert.equal(toHex(openssl(folder, verify(attached))), toHex(body));
      const detached = put(folder, "detached.der", createSignedData(crypto, { ...spec, detached: true }));
      assert.equal(toHex(openssl(folder, verify(detached, "-content", "body"))), toHex(body));
      assert.equal(opensslAgrees(folder, verify(detached, "-content", "other")), false);
      assert.match(
        openssl(folder, ["cms", "-cmsout", "-print", "-inform", "DER", "-in", attached]).toString(),
        /signingTime/,
      );
    });
  }
}

test("embedded content that differs from the body that was received is refused", () => {
  const der = sign("rsa", "-nodetach");
  assert.equal(verdict(der), "ok");
  assert.equal(verdict(der, { detachedContent: body }), "ok");
  assert.equal(verdict(der, { detachedContent: body.slice(0, -1) }), "content-mismatch");
  assert.equal(verdict(sign("rsa")), "no-content");
  assert.equal(verdict(sign("rsa"), { detachedContent: body.slice(1) }), "digest-mismatch");
});

test("verifying leaves the message as it was", () => {
  const der = sign("rsa", "-nodetach");
  const before = toHex(der);
  assert.equal(verdict(der), "ok");
  assert.equal(toHex(der), before);
  assert.equal(verdict(der), "ok");
});

test("exactly one signer is demanded unless all are asked for", () => {
  const two = sign("rsa", "-nodetach", "-signer", "ec.pem");
  assert.equal(verdict(two), "several-signers");
  assert.equal(verdict(two, { signers: "all" }), "ok");
  assert.equal(verdict(degenerateSignedData([root.certificate.raw]), { detachedContent: body }), "no-signer");
});

test("the signer's certificate must be in the message or known", () => {
  const der = sign("ec", "-nodetach", "-nocerts");
  assert.equal(verdict(der), "no-certificate");
  assert.equal(verdict(der, { knownCertificates: [root.certificate.raw, signers.ec.certificate.raw] }), "ok");
});

test("a cached key is asked for with the certificate's bytes and decides", () => {
  const der = sign("rsa", "-nodetach", "-certfile", "root.pem");
  const asked: string[] = [];
  const keyOf = (signer: typeof root) => (certificate: Uint8Array) => {
    asked.push(toHex(certificate));
    return crypto.importPublicKey(signer.certificate.spki);
  };
  assert.equal(verdict(der, { keyFor: keyOf(signers.rsa) }), "ok");
  assert.equal(verdict(der, { keyFor: keyOf(signers.ec) }), "bad-signature");
  assert.equal(verdict(der, { keyFor: keyOf(root) }), "bad-signature");
  assert.equal(verdict(der, { keyFor: () => undefined }), "ok");
  assert.deepEqual(new Set(asked), new Set([toHex(signers.rsa.certificate.raw)]));
});

test("a changed signature, attribute or digest is refused", () => {
  const der = createSignedData(crypto, { content: body, signer: signers.rsa, signingTime: now });
  const signed = parseSignedData(der);
  const [info] = signed.signers;
  assert.ok(info?.signedAttributes);
  const flip = (bytes: Uint8Array, at: number) => bytes.map((octet, i) => (i === at ? octet ^ 1 : octet));
  const reason = (change: Partial<typeof info>) => {
    const result = verifySignedData(crypto, { ...signed, signers: [{ ...info, ...change }] });
    return result.ok ? "ok" : result.reason;
  };
  assert.equal(reason({}), "ok");
  assert.equal(reason({ signature: flip(info.signature, 5) }), "bad-signature");
  const at = Buffer.from(info.signedAttributes).indexOf(crypto.digest("sha256", body));
  assert.equal(reason({ signedAttributes: flip(info.signedAttributes, at) }), "digest-mismatch");
  assert.equal(reason({ signedAttributes: Uint8Array.of(0xa0, 0) }), "bad-attributes");
  assert.equal(reason({ digestOid: OID.sha512 }), "digest-mismatch");
  assert.equal(reason({ signatureOid: OID.ecdsaWithSha256 }), "bad-signature");
  assert.equal(reason({ digestOid: "1.2.840.113549.2.5" }), "unsupported-algorithm");
  assert.equal(reason({ signatureOid: OID.sha256WithRsa }), "ok");
});

test("signed attributes cannot be passed off as content that was signed bare", () => {
  const signed = parseSignedData(createSignedData(crypto, { content: body, signer: signers.rsa }));
  const [info] = signed.signers;
  assert.ok(info?.signedAttributes);
  const content = Uint8Array.of(0x31, ...info.signedAttributes.subarray(1));
  const forged = { ...signed, content, signers: [{ ...info, signedAttributes: undefined }] };
  assert.deepEqual(verifySignedData(crypto, forged), { ok: false, reason: "bad-attributes" });
});

test("the content type and the digest are bound by exactly one attribute each", () => {
  const reason = (signed: SignedData) => {
    const result = verifySignedData(crypto, signed, { detachedContent: body });
    return result.ok ? "ok" : result.reason;
  };
  const typed = parseSignedData(
    createSignedData(crypto, { content: body, contentType: OID.envelopedData, signer: signers.ec }),
  );
  assert.equal(reason(typed), "ok");
  assert.equal(reason({ ...typed, contentType: OID.data }), "bad-attributes");
  const bare = parseSignedData(sign("ec", "-noattr"));
  assert.equal(reason(bare), "ok");
  assert.equal(reason({ ...bare, contentType: OID.envelopedData }), "bad-attributes");
  for (const [oid, value] of [
    [OID.messageDigest, derOctetString(crypto.digest("sha256", body))],
    [OID.contentType, derOid(OID.data)],
    [OID.signingTime, derTime(now)],
  ] as const) {
    const attributes = [{ oid, values: [value] }];
    const twice = createSignedData(crypto, { content: body, signer: signers.ec, signingTime: now, attributes });
    assert.equal(reason(parseSignedData(twice)), "bad-attributes");
  }
});

test("content of another type is signed with attributes that name it", () => {
  const attributes = [{ oid: "1.2.3.4", values: [Uint8Array.of(5, 0)] }];
  const der = createSignedData(crypto, {
    content: body,
    contentType: OID.envelopedData,
    signer: signers.ec,
    attributes,
  });
  const result = verifySignedData(crypto, parseSignedData(der));
  assert.ok(result.ok);
  assert.equal(result.contentType, OID.envelopedData);
  assert.deepEqual(
    result
      .signedAttributes()
      .map(({ oid }) => oid)
      .toSorted(),
    ["1.2.3.4", OID.contentType, OID.messageDigest].toSorted(),
  );
});

test("a degenerate message keeps the order of its certificates, and openssl lists them", () => {
  const bag = [signers.rsa, signers.ec, root].map(({ certificate }) => certificate.raw);
  const der = degenerateSignedData(bag);
  assert.deepEqual(parseSignedData(der).certificates.map(toHex), bag.map(toHex));
  const listed = openssl(folder, [
    "pkcs7",
    "-inform",
    "DER",
    "-in",
    put(folder, "bag.der", der),
    "-print_certs",
    "-noout",
  ]).toString();
  assert.equal(listed.match(/subject=/g)?.length, 3);
});

test("a message whose attributes openssl calls authentic has them in DER order", () => {
  const [info] = parseSignedData(
    createSignedData(crypto, { content: body, signer: signers.ec, signingTime: now }),
  ).signers;
  const list = new DerReader(info?.signedAttributes ?? new Uint8Array()).enter(0xa0);
  const raw: string[] = [];
  while (!list.isDone) raw.push(toHex(rawOf(list.read())));
  assert.deepEqual(raw, raw.toSorted());
  assert.equal(raw.length, 3);
});

test("bytes that are no SignedData are refused with a code", () => {
  const refuses = (bytes: Uint8Array, code: string) =>
    assert.throws(
      () => parseSignedData(bytes),
      (error) => error instanceof PkiError && error.code === code,
    );
  refuses(new Uint8Array(0), "der.truncated");
  refuses(new TextEncoder().encode("<plist/>"), "der.length");
  refuses(root.certificate.raw, "der.tag");
  refuses(Uint8Array.of(...sign("ec"), 5, 0), "der.trailing");
  refuses(openssl(folder, ["cms", "-digest_create", "-in", "body", "-outform", "DER"]), "cms.type");
});
