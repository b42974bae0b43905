import assert from "node:assert/strict";
import { test } from "node:test";
import { generateKeyPair, privateKeyToPem } from "../../node/index.ts";
import { crypto, makeRoot, makeUnder } from "../../testing/actors.ts";
import { openssl, put, temporaryFolder } from "../../testing/openssl.ts";
import { toHex } from "../bytes.ts";
import { createEnvelopedData } from "../cms/create-enveloped-data.ts";
import { createSignedData, degenerateSignedData } from "../cms/create-signed-data.ts";
import { parseSignedData } from "../cms/parse-signed-data.ts";
import type { Cipher, DigestAlgorithm } from "../crypto.ts";
import { createCertificateRequest } from "../csr/create-certificate-request.ts";
import { contentOf, type DerElement, rawOf } from "../der/element.ts";
import { DerReader } from "../der/reader.ts";
import { contextTag, TAG } from "../der/tags.ts";
import { derElement, derExplicit, derSequence } from "../der/write.ts";
import { encodePem } from "../pem.ts";
import { PkiError } from "../pki-error.ts";
import { encodeScepAttributes, readScepAttributes } from "./attributes.ts";
import { buildCertRepFailure, buildCertRepSuccess } from "./build-cert-rep.ts";
import { buildPkcsReq, buildRenewalReq } from "./build-request.ts";
import type { ScepClientRequest } from "./messages.ts";
import type { ScepRequestSpec } from "./options.ts";
import { parseCertRep } from "./parse-cert-rep.ts";
import { parsePkiMessage } from "./parse-pki-message.ts";

const folder = temporaryFolder();
const ca = makeRoot("rsa-2048", { subject: { CN: "SCEP CA" } });
const mac = makeRoot("rsa-2048", { subject: { CN: "Mac" } });
const csr = createCertificateRequest(crypto, mac.key, { subject: { CN: "Mac" }, challengePassword: "once" });
const options = { caCertificate: ca.certificate, caKey: ca.key };
const request = (changes: Partial<ScepRequestSpec> = {}) =>
  buildPkcsReq(crypto, { csr, signer: mac, caCertificate: ca.certificate, ...changes });
const reply = (der: Uint8Array, sent: ScepClientRequest, caCertificate = ca.certificate) =>
  parseCertRep(crypto, der, { request: sent, signer: mac, caCertificate });
const refuses = (code: string, run: () => unknown) =>
  assert.throws(run, (error) => error instanceof PkiError && error.code === code);

function received(der: Uint8Array, allowDes = false) {
  const result = parsePkiMessage(crypto, der, { ...options, allowDes });
  return result.ok ? "ok" : `${result.failInfo}: ${result.reason}`;
}

for (const cipher of ["aes-128-cbc", "aes-256-cbc", "des-ede3-cbc"] as const satisfies readonly Cipher[]) {
  for (const digest of ["sha1", "sha256", "sha512"] as const satisfies readonly DigestAlgorithm[]) {
    test(`a Mac that speaks ${cipher} and ${digest} is answered in kind`, () => {
      const sent = request({ cipher, digest });
      const result = parsePkiMessage(crypto, sent.der, options);
      assert.ok(result.ok);
      const { messageType, challengePassword, isSignedByRequestedKey } = result.request;
      assert.deepEqual([messageType, challengePassword, isSignedByRequestedKey], ["PKCSReq", "once", true]);
      assert.deepEqual([result.request.cipher, result.request.digest], [cipher, digest]);
      const issued = makeUnder(ca, "rsa-2048").certificate;
      const answer = buildCertRepSuccess(crypto, {
        request: result.request,
        signer: ca,
        certificate: issued.raw,
        extraCertificates: [ca.certificate.raw],
      });
      const read = reply(answer, sent);
      assert.ok(read.status === "success");
      assert.deepEqual(
        read.certificates.map(({ raw }) => toHex(raw)),
        [issued, ca.certificate].map(({ raw }) => toHex(raw)),
      );
      assert.equal(parseSignedData(answer).signers[0]?.digestOid, parseSignedData(sent.der).signers[0]?.digestOid);
    });
  }
}

test("openssl opens our request and our answer down to the certificate", () => {
  for (const [name, signer] of [
    ["ca", ca],
    ["mac", mac],
  ] as const) {
    put(folder, `${name}.pem`, encodePem("CERTIFICATE", signer.certificate.raw));
    put(folder, `${name}.key`, privateKeyToPem(signer.key));
  }
  const open = (message: Uint8Array, signer: string, recipient: string) => {
    put(folder, "message.der", message);
    const verify = [
      "cms",
      "-verify",
      "-binary",
      "-inform",
      "DER",
      "-in",
      "message.der",
      "-CAfile",
      `${signer}.pem`,
      "-purpose",
      "any",
    ];
    put(folder, "envelope.der", openssl(folder, verify));
    const decrypt = [
      "cms",
      "-decrypt",
      "-binary",
      "-inform",
      "DER",
      "-in",
      "envelope.der",
      "-recip",
      `${recipient}.pem`,
      "-inkey",
      `${recipient}.key`,
    ];
    return openssl(folder, decrypt);
  };
  const sent = request();
  assert.equal(toHex(open(sent.der, "mac", "ca")), toHex(csr));
  const result = parsePkiMessage(crypto, sent.der, options);
  assert.ok(result.ok);
  const answer = buildCertRepSuccess(crypto, { request: result.request, signer: ca, certificate: mac.certificate.raw });
  put(folder, "bag.der", open(answer, "ca", "mac"));
  const listed = openssl(folder, ["pkcs7", "-inform", "DER", "-in", "bag.der", "-print_certs"]).toString();
  assert.ok(listed.includes(encodePem("CERTIFICATE", mac.certificate.raw)));
});

test("a message that openssl has signed and enveloped is understood", () => {
  put(folder, "csr.der", csr);
  const envelope = openssl(folder, [
    "cms",
    "-encrypt",
    "-binary",
    "-in",
    "csr.der",
    "-aes256",
    "-stream",
    "-outform",
    "DER",
    "ca.pem",
  ]);
  const attributes = encodeScepAttributes({
    messageType: "PKCSReq",
    transactionId: "t-1",
    senderNonce: crypto.random(16),
  });
  assert.equal(received(createSignedData(crypto, { content: envelope, signer: mac, attributes })), "ok");
});

test("a refusal is signed, echoes the transaction and carries its reason", () => {
  const sent = request();
  const result = parsePkiMessage(crypto, sent.der, options);
  assert.ok(result.ok);
  for (const failInfo of ["badAlg", "badMessageCheck", "badRequest", "badTime", "badCertID"] as const) {
    const answer = buildCertRepFailure(crypto, { request: result.request, signer: ca, failInfo });
    assert.deepEqual(reply(answer, sent), { status: "failure", failInfo });
    put(folder, "failure.der", answer);
    openssl(folder, [
      "cms",
      "-verify",
      "-binary",
      "-inform",
      "DER",
      "-in",
      "failure.der",
      "-CAfile",
      "ca.pem",
      "-purpose",
      "any",
    ]);
  }
});

test("the attributes are of the types and values that RFC 8894 gives them", () => {
  const [signer] = parseSignedData(request({ transactionId: "ABC" }).der).signers;
  assert.ok(signer?.signedAttributes);
  const text = toHex(signer.signedAttributes);
  assert.ok(text.includes("060a6086480186f845010902" + "3104" + "13023139"), "messageType 19 as PrintableString");
  assert.ok(text.includes("060a6086480186f845010907" + "3105" + "1303414243"), "transactionID as PrintableString");
  assert.ok(text.includes("060a6086480186f845010905" + "3112" + "0410"), "senderNonce as 16 octets");
});

test("a renewal is signed with the certificate to be replaced and over a new key", () => {
  const current = makeUnder(ca, "rsa-2048");
  const next = generateKeyPair("rsa-2048");
  const renewal = createCertificateRequest(crypto, next, { subject: { CN: "Mac" } });
  const sent = buildRenewalReq(crypto, { csr: renewal, signer: current, caCertificate: ca.certificate });
  const result = parsePkiMessage(crypto, sent.der, options);
  assert.ok(result.ok);
  assert.deepEqual(
    [result.request.messageType, result.request.isSignedByRequestedKey, result.request.challengePassword],
    ["RenewalReq", false, undefined],
  );
  assert.equal(toHex(result.request.signerCertificate.raw), toHex(current.certificate.raw));
});

test("what is wrong with a request is said in SCEP's terms", () => {
  const other = makeRoot("rsa-2048");
  const sent = request();
  assert.equal(received(sent.der), "ok");
  assert.equal(
    received(sent.der.map((octet, i) => (i === sent.der.length - 1 ? octet ^ 1 : octet))),
    "badMessageCheck: bad-signature",
  );
  assert.equal(received(request({ caCertificate: other.certificate }).der), "badRequest: not-our-certificate");
  assert.equal(received(request({ cipher: "des-cbc" }).der), "badAlg: unsupported-cipher");
  assert.equal(received(request({ cipher: "des-cbc" }).der, true), "ok");
  assert.equal(received(request({ csr: mac.certificate.raw }).der), "badRequest: unreadable-content");
  const at = Buffer.from(csr).indexOf("once");
  assert.equal(
    received(request({ csr: csr.map((octet, i) => (i === at ? octet ^ 1 : octet)) }).der),
    "badMessageCheck: request-signature",
  );
  const elliptic = makeRoot("ec-p256");
  assert.equal(received(request({ signer: elliptic }).der), "badAlg: signer-key-not-rsa");
  const content = createEnvelopedData(crypto, csr, ca.certificate, "aes-128-cbc");
  const poll = encodeScepAttributes({ messageType: "CertPoll", transactionId: "1", senderNonce: crypto.random(16) });
  assert.equal(
    received(createSignedData(crypto, { content, signer: mac, attributes: poll })),
    "badCertID: unsupported-message-type",
  );
});

test("a message without a readable header is refused with an error", () => {
  const content = createEnvelopedData(crypto, csr, ca.certificate, "aes-128-cbc");
  const signedWith = (...attributes: Parameters<typeof encodeScepAttributes>[0][]) =>
    createSignedData(crypto, { content, signer: mac, attributes: attributes.flatMap(encodeScepAttributes) });
  const header = { messageType: "PKCSReq", transactionId: "1", senderNonce: crypto.random(16) } as const;
  assert.equal(received(signedWith(header)), "ok");
  refuses("scep.attribute", () => received(signedWith()));
  refuses("scep.attribute", () => received(signedWith({ messageType: "PKCSReq", transactionId: "1" })));
  refuses("scep.attribute", () => received(signedWith({ ...header, transactionId: "a\nb" })));
  refuses("scep.attribute", () => received(signedWith({ ...header, transactionId: "" })));
  refuses("scep.attribute", () => received(signedWith({ ...header, transactionId: "x".repeat(256) })));
  refuses("scep.attribute", () => received(signedWith({ ...header, senderNonce: new Uint8Array(65) })));
  refuses("scep.attribute", () => received(signedWith(header, { ...header, transactionId: "2" })));
  refuses("scep.signer", () => received(degenerateSignedData([mac.certificate.raw])));
  refuses("der.truncated", () => received(new Uint8Array(0)));
  // The same signer twice.
  const message = new DerReader(signedWith(header)).enter(TAG.sequence);
  const type = rawOf(message.read());
  const parts = message.enter(contextTag(0)).enter(TAG.sequence);
  const fields: DerElement[] = [];
  while (!parts.isDone) fields.push(parts.read());
  const signerInfo = contentOf(fields.pop() as DerElement);
  const several = derSequence(...fields.map(rawOf), derElement(TAG.set, signerInfo, signerInfo));
  refuses("scep.signer", () => received(derSequence(type, derExplicit(0, several))));
});

test("an answer from another CA, to another request or of an unknown status is refused", () => {
  const sent = request();
  const result = parsePkiMessage(crypto, sent.der, options);
  assert.ok(result.ok);
  const spec = { request: result.request, certificate: mac.certificate.raw };
  const right = buildCertRepSuccess(crypto, { ...spec, signer: ca });
  assert.equal(reply(right, sent).status, "success");
  const impostor = makeRoot("rsa-2048", { subject: { CN: "SCEP CA" } });
  refuses("scep.reply", () => reply(buildCertRepSuccess(crypto, { ...spec, signer: impostor }), sent));
  refuses("scep.reply", () => reply(right, { ...sent, transactionId: "other" }));
  refuses("scep.reply", () => reply(right, { ...sent, senderNonce: crypto.random(16) }));
  refuses("scep.reply", () => reply(request().der, sent));
  const [signer] = parseSignedData(right).signers;
  assert.ok(signer);
  const echoed = readScepAttributes(signer);
  const withStatus = (pkiStatus: string) =>
    createSignedData(crypto, {
      content: new Uint8Array(0),
      signer: ca,
      attributes: encodeScepAttributes({ ...echoed, pkiStatus }),
    });
  assert.deepEqual(reply(withStatus("3"), sent), { status: "pending" });
  refuses("scep.reply", () => reply(withStatus("7"), sent));
});
