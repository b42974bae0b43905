import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import { AcmeProblem } from "./problem.ts";

/** What may sign a request. Nothing symmetric, no `none`, no SHA-1. */
export const SIGNATURE_ALGORITHMS = ["ES256", "ES384", "RS256"] as const;
export type SignatureAlgorithmName = (typeof SIGNATURE_ALGORITHMS)[number];

/** A public key of an account, or of a certificate: the members that RFC 7638 names and no others. */
export type AccountJwk =
  | { readonly kty: "EC"; readonly crv: "P-256" | "P-384"; readonly x: string; readonly y: string }
  | { readonly kty: "RSA"; readonly n: string; readonly e: string };

const BASE64URL = /^[A-Za-z0-9_-]+$/;
const RSA_BITS = { least: 2048, most: 4096 } as const;

const bad = (detail: string): AcmeProblem => new AcmeProblem("badPublicKey", detail);

/** Takes a public key out of a header. @throws AcmeProblem `badPublicKey` */
export function readJwk(value: unknown): { readonly jwk: AccountJwk; readonly key: KeyObject } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw bad("The jwk is no JSON Web Key.");
  const members = value as Readonly<Record<string, unknown>>;
  // A client that sends its private key has lost it: refused, so that somebody notices.
  if ("d" in members || "k" in members) throw bad("The jwk holds more than a public key.");
  const part = (name: string, most: number): string => {
    const text = members[name];
    if (typeof text !== "string" || text.length > most || !BASE64URL.test(text))
      throw bad(`The jwk's ${name} is missing or malformed.`);
    return text;
  };
  const { kty, crv } = members;
  let jwk: AccountJwk;
  if (kty === "EC" && (crv === "P-256" || crv === "P-384")) jwk = { kty, crv, x: part("x", 64), y: part("y", 64) };
  else if (kty === "RSA") jwk = { kty, n: part("n", 700), e: part("e", 8) };
  else throw bad("Account keys are EC (P-256, P-384) or RSA.");
  return { jwk, key: importJwk(jwk) };
}

/** @throws AcmeProblem `badPublicKey`: not a point of its curve, or an RSA key that is too small or too large */
export function importJwk(jwk: AccountJwk): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: jwk as unknown as JsonWebKey, format: "jwk" });
  } catch {
    throw bad("The jwk is not a usable key.");
  }
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && (bits < RSA_BITS.least || bits > RSA_BITS.most))
    throw bad(`RSA keys have ${RSA_BITS.least} to ${RSA_BITS.most} bits.`);
  return key;
}

/** The one algorithm that fits a key: a header cannot choose another. */
export const algorithmOf = (jwk: AccountJwk): SignatureAlgorithmName =>
  jwk.kty === "RSA" ? "RS256" : jwk.crv === "P-256" ? "ES256" : "ES384";

/** RFC 7638 over SHA-256, base64url: by which an account is found. */
export const thumbprintOf = (jwk: AccountJwk): Promise<string> => calculateJwkThumbprint(jwk, "sha256");
