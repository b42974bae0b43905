import { createHash, timingSafeEqual } from "node:crypto";
import {
  buildPkcsReq,
  type Certificate,
  createCertificateRequest,
  issueCertificate,
  type NameAttributeType,
  type NameSpec,
  parseCertificate,
  parseCertRep,
  parseSignedData,
} from "@pomona/pki";
import { nodeCrypto, privateKeyFromPem } from "@pomona/pki/node";
import type { DeviceHttp } from "../network/device-http.ts";
import { profileRefused } from "../profiles/profile-refused.ts";
import type { ScepPayload } from "./enrollment-profile.ts";

const DAY_MS = 86_400_000;

/**
 * Gets a certificate as macOS does (RFC 8894 as Apple's client speaks it): capabilities, CA, PKCSReq signed by a self-signed
 * certificate over the new key; pending answers are asked again. Throws `Refused`.
 */
export async function enrollByScep(http: DeviceHttp, payload: ScepPayload, keyPem: string): Promise<Certificate> {
  const capabilities = await getCapabilities(http, payload);
  const exchange = prepareScep(payload, keyPem, capabilities, await getCa(http, payload));
  for (let attempt = 0; ; attempt++) {
    const certificate = exchange.read(await operation(http, payload, exchange.request, capabilities));
    if (certificate !== undefined) return certificate;
    if (attempt >= payload.retries) throw scepRefused("The SCEP server left the request pending.");
    await new Promise((resolve) => setTimeout(resolve, payload.retryDelaySeconds * 1000));
  }
}

/** A PKCSReq that waits to be sent, and the reader of its answer. */
export interface ScepExchange {
  /** DER of the pkiMessage. */
  readonly request: Uint8Array;
  /** @returns undefined while the server leaves it pending; throws `Refused` */
  read(answer: Uint8Array): Certificate | undefined;
}

/** Makes the request for a key: CSR, a self-signed certificate over it, the envelope to the CA. */
export function prepareScep(
  payload: ScepPayload,
  keyPem: string,
  capabilities: ReadonlySet<string>,
  caCertificate: Certificate,
): ScepExchange {
  const crypto = nodeCrypto();
  const key = privateKeyFromPem(keyPem);
  const subject = nameOf(payload.subject);
  const csr = createCertificateRequest(crypto, key, {
    subject,
    sanDns: payload.sanDns,
    sanUri: payload.sanUri,
    ...(payload.challenge === undefined ? {} : { challengePassword: payload.challenge }),
  });
  const now = Date.now();
  const self = issueCertificate(crypto, {
    issuer: { certificate: "self", key },
    subject,
    spki: crypto.publicKeyOf(key),
    notBefore: now - DAY_MS,
    notAfter: now + 365 * DAY_MS,
    extensions: { keyUsage: ["digitalSignature", "keyEncipherment"] },
  });
  const signer = { certificate: parseCertificate(self), key };
  const request = buildPkcsReq(crypto, {
    csr,
    signer,
    caCertificate,
    cipher: capabilities.has("AES") || capabilities.has("SCEPStandard") ? "aes-128-cbc" : "des-ede3-cbc",
    digest: digestFor(capabilities),
  });
  return {
    request: request.der,
    read: (answer) => {
      const reply = parseCertRep(crypto, answer, { request, signer, caCertificate });
      if (reply.status === "success") return ownCertificate(reply.certificates, crypto.publicKeyOf(key));
      if (reply.status === "failure")
        throw scepRefused(`The SCEP server refused the request (${reply.failInfo ?? "no reason"}).`);
      return undefined;
    },
  };
}

const scepRefused = (why: string) => profileRefused(why, 22_013, "MCSCEPErrorDomain");

/** GetCACaps. Throws `Refused`. */
export async function getCapabilities(http: DeviceHttp, payload: ScepPayload): Promise<Set<string>> {
  const answer = await http.send({ method: "GET", url: scepUrl(payload, "GetCACaps") });
  if (answer.status !== 200) throw scepRefused(`GetCACaps was answered ${answer.status}.`);
  return new Set(
    Buffer.from(answer.body)
      .toString("utf8")
      .split(/[\r\n]+/)
      .filter((line) => line !== ""),
  );
}

/** GetCACert, held against the fingerprint of the profile. Throws `Refused`. */
export async function getCa(http: DeviceHttp, payload: ScepPayload): Promise<Certificate> {
  const answer = await http.send({ method: "GET", url: scepUrl(payload, "GetCACert") });
  const type = answer.headers["content-type"];
  if (answer.status !== 200) throw scepRefused(`GetCACert was answered ${answer.status}.`);
  const ders =
    type === "application/x-x509-ca-cert"
      ? [answer.body]
      : type === "application/x-x509-ca-ra-cert"
        ? parseSignedData(answer.body).certificates
        : [];
  const certificates = ders.map((der) => parseCertificate(der));
  const ca = certificates.find((certificate) => certificate.isCa) ?? certificates[0];
  if (ca === undefined) throw scepRefused("GetCACert gave no certificate.");
  if (
    payload.caFingerprint !== undefined &&
    !certificates.some((found) => hasFingerprint(found, payload.caFingerprint))
  ) {
    throw scepRefused("The CA is not the one that CAFingerprint names.");
  }
  // An RA, where there is one, takes the requests (RFC 8894 section 4.2.1.2).
  return certificates.find((certificate) => !certificate.isCa && certificate.keyType === "rsa") ?? ca;
}

function hasFingerprint(certificate: Certificate, expected: Uint8Array | undefined): boolean {
  const algorithm = { 16: "md5", 20: "sha1", 32: "sha256", 64: "sha512" }[expected?.length ?? 0];
  if (algorithm === undefined || expected === undefined) return false;
  return timingSafeEqual(createHash(algorithm).update(certificate.raw).digest(), expected);
}

const scepUrl = (payload: ScepPayload, operationName: string): string => {
  const url = new URL(payload.url);
  url.searchParams.set("operation", operationName);
  if (operationName !== "PKIOperation" && payload.name !== undefined) url.searchParams.set("message", payload.name);
  return url.href;
};

/** PKIOperation; answers the pkiMessage. Throws `Refused`. */
export async function operation(
  http: DeviceHttp,
  payload: ScepPayload,
  message: Uint8Array,
  capabilities: ReadonlySet<string>,
): Promise<Uint8Array> {
  const url = scepUrl(payload, "PKIOperation");
  const canPost = capabilities.has("POSTPKIOperation") || capabilities.has("SCEPStandard");
  const answer = canPost
    ? await http.send({ method: "POST", url, headers: { "Content-Type": "application/x-pki-message" }, body: message })
    : // macOS does not percent-encode "+" and "/" here.
      await http.send({ method: "GET", url: `${url}&message=${Buffer.from(message).toString("base64")}` });
  if (answer.status !== 200) throw scepRefused(`The SCEP server answered ${answer.status}.`);
  if (answer.headers["content-type"] !== "application/x-pki-message")
    throw scepRefused("The SCEP answer has another content type.");
  return answer.body;
}

function digestFor(capabilities: ReadonlySet<string>): "sha512" | "sha256" | "sha1" {
  if (capabilities.has("SHA-512")) return "sha512";
  return capabilities.has("SHA-256") || capabilities.has("SCEPStandard") ? "sha256" : "sha1";
}

const NAME_TYPES: readonly string[] = [
  "CN",
  "SN",
  "serialNumber",
  "C",
  "L",
  "ST",
  "O",
  "OU",
  "T",
  "GN",
  "UID",
  "DC",
  "emailAddress",
];

/** A payload's Subject as the name in a request. Throws `Refused`. */
export function nameOf(pairs: ScepPayload["subject"]): NameSpec {
  const spec: { [type in NameAttributeType]?: string[] } = {};
  for (const [type, value] of pairs) {
    if (!NAME_TYPES.includes(type)) throw scepRefused(`The Subject has an attribute that is not known: ${type}.`);
    (spec[type as NameAttributeType] ??= []).push(value);
  }
  return pairs.length === 0 ? { CN: "macOS" } : spec;
}

function ownCertificate(certificates: readonly Certificate[], spki: Uint8Array): Certificate {
  const own = certificates.find((certificate) => Buffer.from(certificate.spki).equals(spki));
  if (own === undefined) throw scepRefused("The SCEP answer holds no certificate for this key.");
  return own;
}
