import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { privateKeyFromPem } from "../node/index.ts";
import { crypto, now } from "../testing/actors.ts";
import { toHex } from "./bytes.ts";
import {
  decodePem,
  openEnvelopedData,
  PkiError,
  parseCertificate,
  parseCertificateRequest,
  parsePkiMessage,
  parseSignedData,
  verifyCertificateRequest,
  verifyChain,
  verifySignedData,
} from "./index.ts";

const read = (file: string) => readFileSync(new URL(`../../../fixtures/pki/${file}`, import.meta.url));

interface Vectors {
  certificates: {
    file: string;
    subject: string;
    serialHex: string;
    keyType: string;
    isCa: boolean;
    issuedBy: string;
  }[];
  requests: { file: string; subject: string; challengePassword: string }[];
  signed: { file: string; isDetached: boolean; digest?: string; signer?: string; refusal?: string }[];
  enveloped: { file: string; cipher?: string; code?: string }[];
  scep: { file: string; subject: string; challengePassword: string }[];
  invalid: { file: string; code: string }[];
}

const vectors = JSON.parse(read("vectors.json").toString()) as Vectors;
const body = read("body.txt");
const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
  return undefined;
};

function der(file: string): Uint8Array {
  const [block] = decodePem(read(file).toString());
  assert.ok(block);
  return block.der;
}

for (const vector of vectors.certificates) {
  test(`the certificate ${vector.file} is read and has its path`, () => {
    const { subject, serialHex, keyType, isCa, ...certificate } = parseCertificate(der(vector.file));
    assert.deepEqual(
      { subject: subject.text, serialHex, keyType, isCa },
      { subject: vector.subject, serialHex: vector.serialHex, keyType: vector.keyType, isCa: vector.isCa },
    );
    assert.ok(
      verifyChain(crypto, parseCertificate(certificate.raw), [], [parseCertificate(der(vector.issuedBy))], now).ok,
    );
  });
}

for (const vector of vectors.requests) {
  test(`the request ${vector.file} is read and proves possession`, () => {
    const request = parseCertificateRequest(der(vector.file));
    assert.deepEqual([request.subject.text, request.challengePassword], [vector.subject, vector.challengePassword]);
    assert.ok(verifyCertificateRequest(crypto, request));
  });
}

for (const vector of vectors.signed) {
  test(`the signature ${vector.file} gets its verdict`, () => {
    const signed = parseSignedData(der(vector.file));
    assert.equal(signed.content === undefined, vector.isDetached);
    const verdict = verifySignedData(crypto, signed, { detachedContent: body });
    if (verdict.ok) {
      assert.deepEqual(
        [verdict.digest, toHex(verdict.signerCertificate)],
        [vector.digest, toHex(der(vector.signer ?? ""))],
      );
    } else {
      assert.equal(verdict.reason, vector.refusal);
    }
  });
}

for (const vector of vectors.enveloped) {
  test(`the envelope ${vector.file} is opened, or refused with its code`, () => {
    const open = () =>
      openEnvelopedData(
        crypto,
        der(vector.file),
        parseCertificate(der("rsa.pem")),
        privateKeyFromPem(read("rsa.key").toString()),
      );
    if (vector.code !== undefined) {
      assert.equal(codeOf(open), vector.code);
      return;
    }
    const { content, cipher } = open();
    assert.deepEqual([toHex(content), cipher], [toHex(body), vector.cipher]);
  });
}

for (const vector of vectors.scep) {
  test(`the SCEP request ${vector.file} is understood`, () => {
    const options = {
      caCertificate: parseCertificate(der("ca.pem")),
      caKey: privateKeyFromPem(read("ca.key").toString()),
      allowDes: true,
    };
    const result = parsePkiMessage(crypto, der(vector.file), options);
    assert.ok(result.ok);
    assert.deepEqual(
      [result.request.csr.subject.text, result.request.challengePassword],
      [vector.subject, vector.challengePassword],
    );
  });
}

for (const vector of vectors.invalid) {
  test(`${vector.file} is refused with ${vector.code}`, () => {
    const parse = vector.file.includes("certificate") ? parseCertificate : parseSignedData;
    assert.equal(
      codeOf(() => parse(der(vector.file))),
      vector.code,
    );
  });
}
