import {
  buildPkcsReq,
  createSignedData,
  decodePem,
  openEnvelopedData,
  PkiError,
  parseCertificate,
  parseCertificateRequest,
  parseOcspRequest,
  parsePkiMessage,
  parseSignedData,
  readDer,
  verifyCertificateRequest,
  verifyChain,
  verifySignedData,
} from "@pomona/pki";
import { nodeCrypto, privateKeyFromPem } from "@pomona/pki/node";
import type { FuzzTarget } from "../src/fuzz/fuzz-target.ts";
import { derMutations } from "../src/fuzz/mutate-der.ts";
import { inBase64 } from "../src/fuzz/mutate-text.ts";
import { fixture, fixturesIn, pemsIn } from "./corpora.ts";
import type { SecondOpinion } from "./second-opinion.ts";

const crypto = nodeCrypto();
const text = (name: string): string => Buffer.from(fixture(`pki/${name}`)).toString("latin1");
const certificateOf = (name: string) => parseCertificate(decodePem(text(name))[0]!.der);
const ca = { certificate: certificateOf("ca.pem"), key: privateKeyFromPem(text("ca.key")) };
const device = { certificate: certificateOf("rsa.pem"), key: privateKeyFromPem(text("rsa.key")) };
const body = fixture("pki/body.txt");
/** Within the validity of the vectors' certificates. */
const NOW = Date.UTC(2026, 11, 1);

const certificates = pemsIn("pki", /^(ca|rsa|ec)\.pem$/);
const requests = pemsIn("pki", /^request\.pem$/);
const signed = pemsIn("pki", /^(signed|scep)-.*\.pem$/);
const invalid = pemsIn("pki/invalid", /\.pem$/).filter(({ length }) => length < 20_000);

/** Every reader of foreign DER, with what it says of bytes that it takes for true. @param tell accepted inputs, to be asked elsewhere */
export const pkiTargets = (tell: SecondOpinion): readonly FuzzTarget[] => [
  target("der", [...certificates, ...invalid], (bytes) => readDer(bytes)),
  target("certificate", [...certificates, ...invalid], (bytes) => {
    const certificate = parseCertificate(bytes);
    tell.certificate(bytes, certificate);
    return [
      certificate,
      verifyChain(crypto, certificate, [certificate], [ca.certificate], NOW),
      verifyChain(crypto, device.certificate, [], [certificate], NOW),
    ];
  }),
  target("certificate-request", [...requests, ...certificates], (bytes) => {
    const request = parseCertificateRequest(bytes);
    if (verifyCertificateRequest(crypto, request)) tell.request(bytes);
    return request;
  }),
  target("signed-data", [...signed, ...invalid], (bytes) => {
    const message = parseSignedData(bytes);
    const isDetached = message.content === undefined;
    const verdict = verifySignedData(crypto, message, {
      signers: "all",
      ...(isDetached ? { detachedContent: body } : {}),
    });
    if (!verdict.ok) return message;
    tell.signed(bytes, isDetached ? body : undefined);
    return [message, verdict.signedAttributes()];
  }),
  // Signed anew, so that what is wrong within is reached.
  target("signed-attribute", [...certificates, ...requests], (bytes) => {
    const attributes = [{ oid: "1.2.840.113549.1.9.7", values: [bytes] }];
    const message = createSignedData(crypto, { content: body, signer: device, signingTime: NOW, attributes });
    const verdict = verifySignedData(crypto, parseSignedData(message));
    return verdict.ok ? verdict.signedAttributes() : verdict;
  }),
  target("enveloped-data", [...pemsIn("pki", /^enveloped-.*\.pem$/), ...signed], (bytes) =>
    openEnvelopedData(crypto, bytes, ca.certificate, ca.key, { allowDes: true }),
  ),
  target("scep-message", pemsIn("pki", /^scep-.*\.pem$/), (bytes) => opened(bytes)),
  target("scep-request", requests, (bytes) =>
    opened(buildPkcsReq(crypto, { csr: bytes, signer: device, caCertificate: ca.certificate }).der),
  ),
  target(
    "ocsp-request",
    fixturesIn("pki/ocsp-requests", /\.der$/).filter(({ length }) => length < 20_000),
    parseOcspRequest,
  ),
  {
    ...target("pem", fixturesIn("pki", /\.pem$/), (bytes) => decodePem(Buffer.from(bytes).toString("latin1"))),
    mutations: [inBase64(derMutations)],
  },
];

const opened = (bytes: Uint8Array): unknown =>
  parsePkiMessage(crypto, bytes, { caCertificate: ca.certificate, caKey: ca.key, allowDes: true });

const target = (name: string, seeds: readonly Uint8Array[], open: FuzzTarget["open"]): FuzzTarget => ({
  name,
  seeds,
  mutations: derMutations,
  open,
  isRefusal: (error) => error instanceof PkiError && /^[a-z0-9]+\.[a-z-]+$/.test(error.code),
  watches: /packages\/pki\/src/,
});
