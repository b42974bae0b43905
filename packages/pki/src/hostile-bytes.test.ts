import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { crypto, makeRoot, makeUnder, now } from "../testing/actors.ts";
import { concatBytes } from "./bytes.ts";
import { berToDer } from "./der/ber-to-der.ts";
import {
  buildCertRepSuccess,
  buildPkcsReq,
  createCertificateRequest,
  createEnvelopedData,
  createSignedData,
  decodePem,
  encodePem,
  openEnvelopedData,
  PkiError,
  parseCertificate,
  parseCertificateRequest,
  parseCertRep,
  parseOcspRequest,
  parsePkiMessage,
  parseSignedData,
  readDer,
  verifyCertificateRequest,
  verifyChain,
  verifySignedData,
} from "./index.ts";

const ca = makeRoot("rsa-2048");
const device = makeUnder(ca, "ec-p256");
const mac = makeRoot("rsa-2048");
const content = new TextEncoder().encode("content");
const csr = createCertificateRequest(crypto, mac.key, {
  subject: { CN: "Mac" },
  challengePassword: "once",
  sanDns: ["a.example"],
});
const sent = buildPkcsReq(crypto, { csr, signer: mac, caCertificate: ca.certificate });
const received = parsePkiMessage(crypto, sent.der, { caCertificate: ca.certificate, caKey: ca.key });
assert.ok(received.ok);

/** Every door for foreign bytes, with a valid message for it. */
const doors: Readonly<Record<string, { valid: Uint8Array; open: (bytes: Uint8Array) => unknown }>> = {
  "a certificate": {
    valid: device.certificate.raw,
    open: (bytes) => {
      const certificate = parseCertificate(bytes);
      return [
        verifyChain(crypto, certificate, [certificate], [ca.certificate], now),
        verifyChain(crypto, device.certificate, [], [certificate], now),
      ];
    },
  },
  "a certificate request": {
    valid: csr,
    open: (bytes) => verifyCertificateRequest(crypto, parseCertificateRequest(bytes)),
  },
  "signed data": {
    valid: createSignedData(crypto, {
      content,
      signer: device,
      signingTime: now,
      extraCertificates: [ca.certificate.raw],
    }),
    open: (bytes) => {
      const verdict = verifySignedData(crypto, parseSignedData(bytes), { signers: "all" });
      return verdict.ok ? verdict.signedAttributes() : verdict;
    },
  },
  "enveloped data": {
    valid: createEnvelopedData(crypto, content, ca.certificate, "aes-128-cbc"),
    open: (bytes) => openEnvelopedData(crypto, bytes, ca.certificate, ca.key, { allowDes: true }),
  },
  "a SCEP request": {
    valid: sent.der,
    open: (bytes) => parsePkiMessage(crypto, bytes, { caCertificate: ca.certificate, caKey: ca.key }),
  },
  "a SCEP answer": {
    valid: buildCertRepSuccess(crypto, { request: received.request, signer: ca, certificate: device.certificate.raw }),
    open: (bytes) => parseCertRep(crypto, bytes, { request: sent, signer: mac, caCertificate: ca.certificate }),
  },
  "an OCSP request": {
    valid: readFileSync(new URL("../../../fixtures/pki/ocsp-requests/good-signed.der", import.meta.url)),
    open: parseOcspRequest,
  },
  DER: { valid: device.certificate.raw, open: (bytes) => readDer(bytes) },
  BER: { valid: device.certificate.raw, open: berToDer },
  PEM: {
    valid: new TextEncoder().encode(encodePem("CERTIFICATE", content)),
    open: (bytes) => decodePem(new TextDecoder().decode(bytes)),
  },
};

function answers(open: (bytes: Uint8Array) => unknown, bytes: Uint8Array): void {
  try {
    open(bytes);
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    assert.match(error.code, /^[a-z0-9]+\.[a-z-]+$/);
  }
}

/** One to four changes: octets overwritten, cut out, put in, or a stretch repeated elsewhere. */
function mutated(valid: Uint8Array): fc.Arbitrary<Uint8Array> {
  const at = fc.nat({ max: valid.length - 1 });
  const bytes = fc.uint8Array({ maxLength: 6 });
  const telling = fc
    .constantFrom(0x00, 0x1f, 0x24, 0x30, 0x31, 0x80, 0x81, 0x82, 0x84, 0xa0, 0xa3, 0xff)
    .map((octet) => Uint8Array.of(octet));
  const change = fc.oneof(
    fc.record({ at, cut: fc.constant(1), put: telling }),
    fc.record({ at, cut: fc.nat({ max: 6 }), put: bytes }),
    fc
      .tuple(at, at, fc.nat({ max: 400 }))
      .map(([to, from, length]) => ({ at: to, cut: 0, put: valid.slice(from, from + length) })),
    fc.record({ at, cut: fc.constant(valid.length), put: fc.constant(new Uint8Array(0)) }),
  );
  return fc
    .array(change, { minLength: 1, maxLength: 4 })
    .map((changes) =>
      changes.reduce(
        (message, { at, cut, put }) => concatBytes([message.subarray(0, at), put, message.subarray(at + cut)]),
        valid,
      ),
    );
}

for (const [name, { valid, open }] of Object.entries(doors)) {
  test(`${name}: the valid one is accepted`, () => {
    open(valid);
  });

  test(`${name}: any bytes give a coded refusal or data`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => answers(open, bytes)),
      { numRuns: 500 },
    );
  });

  test(`${name}: a damaged one gives a coded refusal or data`, () => {
    fc.assert(
      fc.property(mutated(valid), (bytes) => answers(open, bytes)),
      { numRuns: 500 },
    );
  });

  test(`${name}: no depth overflows the stack`, () => {
    for (const unit of [
      [0x30, 0x80],
      [0xa0, 0x80],
      [0x24, 0x80],
      [0x31, 0x84, 0x7f, 0xff, 0xff, 0xff],
    ]) {
      const bomb = concatBytes(Array(100_000).fill(Uint8Array.from(unit)));
      answers(open, bomb);
      for (const start of [4, 8, 30, 60])
        answers(open, concatBytes([valid.subarray(0, start), bomb, valid.subarray(start)]));
    }
  });
}
