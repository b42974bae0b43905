import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { privateKeyToPem } from "../../node/index.ts";
import { crypto, makeRoot, makeUnder } from "../../testing/actors.ts";
import { openssl, put, temporaryFolder } from "../../testing/openssl.ts";
import { toHex } from "../bytes.ts";
import { encodePem } from "../pem.ts";
import { PkiError } from "../pki-error.ts";
import { createEnvelopedData } from "./create-enveloped-data.ts";
import { openEnvelopedData } from "./open-enveloped-data.ts";

const folder = temporaryFolder();
const recipient = makeRoot("rsa-2048");
const other = makeUnder(recipient, "rsa-2048");
const content = new TextEncoder().encode("a secret of 34 octets, all of them");
put(folder, "content", content);
put(folder, "to.pem", encodePem("CERTIFICATE", recipient.certificate.raw));
put(folder, "to.key", privateKeyToPem(recipient.key));
put(folder, "other.pem", encodePem("CERTIFICATE", other.certificate.raw));

const open = (der: Uint8Array, who = recipient, allowDes = false) =>
  openEnvelopedData(crypto, der, who.certificate, who.key, { allowDes });
const refuses = (code: string, run: () => unknown) =>
  assert.throws(run, (error) => error instanceof PkiError && error.code === code);
const encrypt = (...options: string[]) =>
  openssl(folder, ["cms", "-encrypt", "-binary", "-in", "content", "-outform", "DER", ...options, "to.pem"]);

for (const [option, cipher] of [
  ["-aes128", "aes-128-cbc"],
  ["-aes256", "aes-256-cbc"],
  ["-des3", "des-ede3-cbc"],
] as const) {
  for (const form of [[], ["-stream"], ["-keyid"]]) {
    test(`what openssl encrypts with ${cipher} ${form.join("")} is opened`, () => {
      const opened = open(encrypt(option, ...form));
      assert.deepEqual([toHex(opened.content), opened.cipher], [toHex(content), cipher]);
    });
  }

  test(`openssl opens what we encrypt with ${cipher}`, () => {
    put(folder, "ours.der", createEnvelopedData(crypto, content, recipient.certificate, cipher));
    const args = [
      "cms",
      "-decrypt",
      "-binary",
      "-inform",
      "DER",
      "-in",
      "ours.der",
      "-recip",
      "to.pem",
      "-inkey",
      "to.key",
    ];
    assert.equal(toHex(openssl(folder, args)), toHex(content));
  });
}

test("a long message in pieces, as streaming writers make it, is opened", () => {
  const long = new Uint8Array(200_000).map((_, i) => i % 251);
  put(folder, "long", long);
  const ber = openssl(folder, [
    "cms",
    "-encrypt",
    "-binary",
    "-in",
    "long",
    "-aes128",
    "-stream",
    "-outform",
    "DER",
    "to.pem",
  ]);
  assert.ok(ber.includes(Buffer.of(0xa0, 0x80, 0x04)), "the sample has constructed ciphertext");
  assert.equal(toHex(open(ber).content), toHex(long));
});

test("a message to several recipients is opened by each of them", () => {
  const der = openssl(folder, [
    "cms",
    "-encrypt",
    "-binary",
    "-in",
    "content",
    "-aes256",
    "-outform",
    "DER",
    "other.pem",
    "to.pem",
  ]);
  assert.equal(toHex(open(der).content), toHex(content));
  assert.equal(toHex(open(der, other).content), toHex(content));
});

test("single DES is opened only where it is allowed", () => {
  const der = createEnvelopedData(crypto, content, recipient.certificate, "des-cbc");
  refuses("cms.cipher", () => open(der));
  assert.equal(toHex(open(der, recipient, true).content), toHex(content));
});

test("a message to somebody else, with another cipher or padding scheme is refused", () => {
  refuses("cms.recipient", () => open(encrypt("-aes128"), other));
  refuses("cms.cipher", () => open(encrypt("-aes-192-cbc")));
  const oaep = [
    "cms",
    "-encrypt",
    "-in",
    "content",
    "-outform",
    "DER",
    "-aes128",
    "-recip",
    "to.pem",
    "-keyopt",
    "rsa_padding_mode:oaep",
  ];
  refuses("cms.recipient", () => open(openssl(folder, oaep)));
  const ec = makeRoot("ec-p256");
  refuses("cms.recipient", () => createEnvelopedData(crypto, content, ec.certificate, "aes-128-cbc"));
});

test("a wrong wrapped key and wrong ciphertext get the same refusal", () => {
  const der = createEnvelopedData(crypto, content, recipient.certificate, "aes-256-cbc");
  const flip = (at: number) => der.map((octet, i) => (i === at ? octet ^ 0x55 : octet));
  const outcome = (bytes: Uint8Array) => {
    try {
      return toHex(open(bytes).content) === toHex(content) ? "opened" : "garbage";
    } catch (error) {
      return error instanceof PkiError ? `${error.code}: ${error.message}` : "crash";
    }
  };
  // Random keys make valid padding once in 256 times; that yields garbage, which no signature or request survives.
  const refusal = /^(cms\.decrypt: the message could not be decrypted|garbage)$/;
  const wrappedAt = Buffer.from(der).indexOf(Uint8Array.of(0x04, 0x82, 0x01, 0x00)) + 4;
  for (let i = 0; i < 20; i++) assert.match(outcome(flip(wrappedAt + 10 + i)), refusal);
  assert.match(outcome(flip(der.length - 1)), refusal);
});

test("any content comes back, the empty one too", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom("aes-128-cbc" as const, "aes-256-cbc" as const, "des-ede3-cbc" as const),
      (bytes, cipher) => {
        assert.equal(
          toHex(open(createEnvelopedData(crypto, bytes, recipient.certificate, cipher)).content),
          toHex(bytes),
        );
      },
    ),
    { numRuns: 30 },
  );
});
