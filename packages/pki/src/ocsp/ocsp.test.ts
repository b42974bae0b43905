import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { crypto, day, makeRoot, makeUnder, now } from "../../testing/actors.ts";
import { openssl, put, temporaryFolder } from "../../testing/openssl.ts";
import {
  buildOcspError,
  buildOcspResponse,
  EKU,
  encodePem,
  issuerHashes,
  type OcspStatus,
  OID,
  PkiError,
  parseOcspRequest,
} from "../index.ts";

const folder = temporaryFolder();
const ca = makeRoot("rsa-2048");
const leaf = makeUnder(ca, "ec-p256");
const responder = makeUnder(ca, "ec-p256", {
  subject: { CN: "OCSP" },
  extensions: {
    keyUsage: ["digitalSignature"],
    extendedKeyUsage: [EKU.ocspSigning],
    other: [{ oid: OID.ocspNoCheck, value: Uint8Array.of(5, 0) }],
  },
});
put(folder, "ca.pem", encodePem("CERTIFICATE", ca.certificate.raw));
put(folder, "leaf.pem", encodePem("CERTIFICATE", leaf.certificate.raw));

/** A request as openssl writes it. */
function ask(...more: readonly string[]): Uint8Array {
  const args = ["ocsp", "-issuer", "ca.pem", ...more, "-cert", "leaf.pem", "-reqout", "request.der"];
  openssl(folder, args);
  return readFileSync(path.join(folder, "request.der"));
}
function answer(question: Uint8Array, status: OcspStatus, signer = responder): string {
  const request = parseOcspRequest(question);
  const response = buildOcspResponse(crypto, {
    signer,
    producedAt: now,
    thisUpdate: now - 1000,
    nextUpdate: now + day,
    answers: request.ids.map((id) => ({ id, status })),
    nonce: request.nonce,
    certificates: signer === ca ? [] : [signer.certificate.raw],
  });
  put(folder, "request.der", question);
  put(folder, "response.der", response);
  const args = ["ocsp", "-reqin", "request.der", "-respin", "response.der", "-issuer", "ca.pem", "-CAfile", "ca.pem"];
  const digest = request.ids[0]!.digest === "sha256" ? ["-sha256"] : [];
  // With a certificate named, openssl would put a nonce of its own beside the request's.
  return openssl(folder, [...args, ...digest, "-no_nonce", "-cert", "leaf.pem"]).toString();
}

test("a request of openssl is understood, with SHA-1 and with SHA-256, with its nonce and without", () => {
  for (const [digest, args] of [
    ["sha1", []],
    ["sha256", ["-sha256"]],
  ] as const) {
    const { ids, nonce } = parseOcspRequest(ask(...args));
    const [id] = ids;
    const own = issuerHashes(crypto, ca.certificate, digest);
    assert.equal(id!.digest, digest);
    assert.equal(id!.serialHex, leaf.certificate.serialHex);
    assert.deepEqual(Buffer.from(id!.issuerNameHash), Buffer.from(own.name));
    assert.deepEqual(Buffer.from(id!.issuerKeyHash), Buffer.from(own.key));
    assert.ok(nonce !== undefined && nonce.length >= 16);
  }
  assert.equal(parseOcspRequest(ask("-no_nonce")).nonce, undefined);
});

test("openssl verifies answers of a delegated responder and of the authority itself: good, revoked and unknown", () => {
  for (const signer of [responder, ca]) {
    assert.match(answer(ask(), { status: "good" }, signer), /leaf.pem: good/);
    assert.match(answer(ask("-sha256"), { status: "unknown" }, signer), /leaf.pem: unknown/);
    const revoked = { status: "revoked", revokedAt: now - day, reason: "keyCompromise" } as const;
    assert.match(answer(ask(), revoked, signer), /leaf.pem: revoked[^]*keyCompromise/);
    assert.match(answer(ask(), { ...revoked, reason: "unspecified" }, signer), /leaf.pem: revoked/);
  }
});

test("openssl refuses an answer to another question, and one of a responder that nobody delegated", () => {
  const first = ask();
  const request = parseOcspRequest(ask());
  const spec = { producedAt: now, thisUpdate: now - 1000, nextUpdate: now + day };
  const answers = request.ids.map((id) => ({ id, status: { status: "good" as const } }));
  const verify = (response: Uint8Array) => {
    put(folder, "first.der", first);
    put(folder, "response.der", response);
    const args = ["ocsp", "-reqin", "first.der", "-respin", "response.der", "-issuer", "ca.pem", "-CAfile", "ca.pem"];
    return openssl(folder, args).toString();
  };
  const { raw } = responder.certificate;
  assert.throws(
    () =>
      verify(
        buildOcspResponse(crypto, { ...spec, signer: responder, answers, nonce: request.nonce, certificates: [raw] }),
      ),
    /[Nn]once/,
  );
  const mine = parseOcspRequest(first);
  const stranger = makeUnder(ca, "ec-p256");
  const forged = { ...spec, signer: stranger, answers, nonce: mine.nonce, certificates: [stranger.certificate.raw] };
  assert.throws(() => verify(buildOcspResponse(crypto, forged)), /missing ocspsigning|Verify Failure/i);
});

test("an answer that is none names its reason", () => {
  put(folder, "error.der", buildOcspError("malformedRequest"));
  assert.throws(
    () =>
      openssl(folder, ["ocsp", "-respin", "error.der", "-issuer", "ca.pem", "-cert", "leaf.pem", "-CAfile", "ca.pem"]),
    (error) => /malformedrequest/i.test(String((error as { stdout?: Buffer }).stdout)),
  );
});

test("a request that asks for too much, for nothing, or has more than it should is refused", () => {
  const refuses = (bytes: Uint8Array) => assert.throws(() => parseOcspRequest(bytes), PkiError);
  const whole = ask("-no_nonce");
  const { ids } = parseOcspRequest(whole);
  refuses(whole.subarray(0, whole.length - 1));
  refuses(Buffer.concat([whole, Buffer.alloc(1)]));
  refuses(new Uint8Array(20_000));
  refuses(Uint8Array.of(0x30, 4, 0x30, 2, 0x30, 0));
  const wrap = (tag: number, content: Uint8Array) => {
    const size = content.length;
    return Buffer.concat([Buffer.from([tag, 0x82, size >> 8, size & 0xff]), content]);
  };
  const question = wrap(0x30, ids[0]!.der).subarray(0);
  const of = (count: number) =>
    wrap(0x30, wrap(0x30, wrap(0x30, Buffer.concat(Array.from({ length: count }, () => minimal(question))))));
  assert.equal(parseOcspRequest(minimal(of(32))).ids.length, 32);
  refuses(minimal(of(33)));
});

/** DER demands the shortest length. */
function minimal(bytes: Uint8Array): Buffer {
  const size = (bytes[2]! << 8) | bytes[3]!;
  const content = Buffer.from(bytes.subarray(4));
  if (size >= 256) return Buffer.from(bytes);
  return Buffer.concat([Buffer.from(size < 128 ? [bytes[0]!, size] : [bytes[0]!, 0x81, size]), content]);
}

const corpus = path.join(import.meta.dirname, "../../../../fixtures/pki/ocsp-requests");

test("every request of the corpus gives a question or a coded refusal, as its name says", () => {
  const files = readdirSync(corpus);
  assert.ok(files.length >= 6);
  for (const file of files) {
    const parse = () => parseOcspRequest(readFileSync(path.join(corpus, file)));
    if (file.startsWith("good-")) assert.ok(parse().ids.length > 0, file);
    else assert.throws(parse, (error) => error instanceof PkiError && /^(der|ocsp)\./.test(error.code), file);
  }
});

test("any bytes, and any damage to a good request, give a question or a coded refusal", () => {
  const valid = ask();
  const tries = (bytes: Uint8Array) => {
    try {
      parseOcspRequest(bytes);
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
    }
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => tries(bytes)),
    { numRuns: 500 },
  );
  const change = fc.tuple(fc.nat({ max: valid.length - 1 }), fc.nat({ max: 4 }), fc.uint8Array({ maxLength: 5 }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      let bytes: Uint8Array = valid;
      for (const [at, cut, put_] of changes)
        bytes = Buffer.concat([bytes.subarray(0, at), put_, bytes.subarray(at + cut)]);
      tries(bytes);
    }),
    { numRuns: 1000 },
  );
});
