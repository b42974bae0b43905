import { createHash } from "node:crypto";
import { type Certificate, createCertificateRequest, decodePem, type NameSpec, parseCertificate } from "@pomona/pki";
import { nodeCrypto, privateKeyFromPem } from "@pomona/pki/node";
import { encode } from "cbor2";
import type { DeviceHttp } from "../network/device-http.ts";
import { profileRefused } from "../profiles/profile-refused.ts";
import { type AcmeAnswer, AcmeClient } from "./acme-client.ts";

/** Asks Apple's servers to attest a key of this Mac's Secure Enclave. @returns DER, the leaf first */
export type AttestKey = (spki: Uint8Array, freshness: Uint8Array) => readonly Uint8Array[];

/** A WebAuthn attestation object as macOS sends it (draft-ietf-acme-device-attest section 5). */
export const attestationObject = (chain: readonly Uint8Array[], format = "apple"): Uint8Array =>
  encode({ fmt: format, attStmt: { x5c: chain.map((der) => new Uint8Array(der)) } });

/** The freshness code that answers a token. */
export const freshnessOfToken = (token: string): Uint8Array => createHash("sha256").update(token, "ascii").digest();

/**
 * Gets a certificate as macOS does: account, order for the ClientIdentifier, attestation of the key for the challenge's token,
 * request, certificate. Throws `Refused`.
 */
export async function enrollByAcme(
  http: DeviceHttp,
  payload: { readonly directoryUrl: string; readonly clientIdentifier: string; readonly subject: NameSpec },
  keyPem: string,
  attest: AttestKey,
): Promise<Certificate> {
  const crypto = nodeCrypto();
  const key = privateKeyFromPem(keyPem);
  const spki = crypto.publicKeyOf(key);
  const client = new AcmeClient(http, payload.directoryUrl);
  expectGood("newAccount", await client.newAccount());
  const order = expectGood("newOrder", await client.newOrder(payload.clientIdentifier));
  const [authorization] = order["authorizations"] as string[];
  const { challenges } = expectGood("the authorization", await client.post(authorization ?? "", "")) as {
    challenges?: { type: string; url: string; token: string }[];
  };
  const challenge = challenges?.find(({ type }) => type === "device-attest-01");
  if (challenge === undefined) throw acmeRefused("The ACME server offers no device-attest-01.");
  const chain = attest(spki, freshnessOfToken(challenge.token));
  const attObj = Buffer.from(attestationObject(chain)).toString("base64url");
  const answered = expectGood("the challenge", await client.post(challenge.url, { attObj }));
  if (answered["status"] !== "valid") throw acmeRefused("The ACME server did not take the attestation.");
  const csr = createCertificateRequest(crypto, key, { subject: payload.subject });
  const finalized = expectGood(
    "finalize",
    await client.post(String(order["finalize"]), { csr: Buffer.from(csr).toString("base64url") }),
  );
  const { status, text } = await client.post(String(finalized["certificate"]), "");
  const [leaf] = status === 200 ? decodePem(text, "CERTIFICATE").map(({ der }) => parseCertificate(der)) : [];
  if (leaf === undefined || !Buffer.from(leaf.spki).equals(spki))
    throw acmeRefused("The ACME server gave no certificate for this key.");
  return leaf;
}

const acmeRefused = (why: string) => profileRefused(why, 5001, "MDMACMEErrorDomain");

function expectGood(what: string, answer: AcmeAnswer): Readonly<Record<string, unknown>> {
  if (answer.status >= 200 && answer.status < 300) return answer.json;
  throw acmeRefused(`ACME: ${what} was answered ${answer.status} ${answer.problem ?? ""}.`);
}
