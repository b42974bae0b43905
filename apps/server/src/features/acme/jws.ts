import type { KeyObject } from "node:crypto";
import { flattenedVerify } from "jose";
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithmName } from "./account-key.ts";
import { AcmeProblem } from "./problem.ts";

/** Largest request: a finalize with an RSA-4096 request, or an attestation in base64 twice. */
export const MOST_REQUEST_BYTES = 65_536;
const MOST_HEADER_CHARS = 8_192;
const BASE64URL = /^[A-Za-z0-9_-]*$/;

/** The protected header of a request (RFC 8555 section 6.2); its signature is not verified yet. */
export interface JwsHeader {
  readonly alg: SignatureAlgorithmName;
  /** Absent only in the inner message of a key change. */
  readonly nonce: string | undefined;
  readonly url: string;
  /** Exactly one of the two. */
  readonly jwk: unknown;
  readonly kid: string | undefined;
}

export interface Jws {
  readonly header: JwsHeader;
  readonly protected: string;
  readonly payload: string;
  readonly signature: string;
}

const malformed = (detail: string): AcmeProblem => new AcmeProblem("malformed", detail);

/** Takes a flattened JWS apart, bounded, without any cryptography. @throws AcmeProblem */
export function readJws(body: Uint8Array): Jws {
  if (body.length === 0 || body.length > MOST_REQUEST_BYTES) throw malformed("The request has no fitting size.");
  const outer = parseObject(body, "The request is no JWS in flattened JSON.");
  const { protected: head, payload, signature } = outer;
  // An unprotected header and several signatures are forbidden by RFC 8555, section 6.2: all that counts has to be signed.
  if (Object.keys(outer).length !== 3 || !isText(head) || !isText(payload) || !isText(signature))
    throw malformed("A request has protected, payload and signature in base64url, and nothing else.");
  return { header: readHeader(head), protected: head, payload, signature };
}

function readHeader(head: string): JwsHeader {
  if (head.length === 0 || head.length > MOST_HEADER_CHARS)
    throw malformed("The protected header has no fitting size.");
  const header = parseObject(Buffer.from(head, "base64url"), "The protected header is no JSON object.");
  const { alg, nonce, url, jwk, kid } = header;
  if ("crit" in header || "b64" in header) throw malformed("Critical header extensions are not understood here.");
  const known = SIGNATURE_ALGORITHMS.find((name) => name === alg);
  if (known === undefined) {
    throw new AcmeProblem(
      "badSignatureAlgorithm",
      `Requests are signed with one of ${SIGNATURE_ALGORITHMS.join(", ")}.`,
      {
        extra: { algorithms: SIGNATURE_ALGORITHMS },
      },
    );
  }
  if (typeof url !== "string") throw malformed("The protected header has no url.");
  if (nonce !== undefined && typeof nonce !== "string") throw malformed("The nonce is no text.");
  if ((jwk === undefined) === (kid === undefined))
    throw malformed("The protected header has exactly one of jwk and kid.");
  if (kid !== undefined && typeof kid !== "string") throw malformed("The kid is no text.");
  return { alg: known, nonce, url, jwk, kid };
}

/** @throws AcmeProblem `malformed` (RFC 8555 knows no word for a wrong signature) */
export async function verifyJws(jws: Jws, key: KeyObject, algorithm: SignatureAlgorithmName): Promise<Uint8Array> {
  if (jws.header.alg !== algorithm) throw new AcmeProblem("badSignatureAlgorithm", `This key signs with ${algorithm}.`);
  try {
    const { protected: head, payload, signature } = jws;
    const verified = await flattenedVerify({ protected: head, payload, signature }, key, { algorithms: [algorithm] });
    return verified.payload;
  } catch {
    throw malformed("The signature does not fit the request.");
  }
}

/** Base64url in its one form: with other bits in its last letter the same bytes would be signed under two texts. */
const isText = (value: unknown): value is string =>
  typeof value === "string" && BASE64URL.test(value) && Buffer.from(value, "base64url").toString("base64url") === value;

/** A JSON object; nothing of `Object.prototype` is looked at. @throws AcmeProblem `malformed` */
export function parseObject(bytes: Uint8Array, detail: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw malformed(detail);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(detail);
  return Object.assign(Object.create(null) as Record<string, unknown>, value);
}
