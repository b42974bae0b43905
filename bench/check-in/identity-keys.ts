import { createPrivateKey, generatePrime } from "node:crypto";
import { promisify } from "node:util";

const newPrime = promisify((done: (error: Error | null, prime: bigint) => void) => {
  generatePrime(1024, { bigint: true, safe: false }, done);
});
const EXPONENT = 65_537n;

/**
 * So many RSA-2048 keys as PKCS#8 PEM, all different, in seconds: pairs out of a few primes. They cost a server what any
 * RSA-2048 key costs it, and are worth nothing as keys, because two of them may share a prime.
 */
export async function makeIdentityKeys(count: number): Promise<string[]> {
  const primes: bigint[] = [];
  while ((primes.length * (primes.length - 1)) / 2 < count) {
    const prime = await newPrime();
    if ((prime - 1n) % EXPONENT !== 0n) primes.push(prime);
  }
  const keys: string[] = [];
  for (let i = 1; i < primes.length; i++) {
    for (let j = 0; j < i && keys.length < count; j++) keys.push(keyOf(primes[i]!, primes[j]!));
  }
  return keys;
}

function keyOf(p: bigint, q: bigint): string {
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n));
  const jwk = {
    kty: "RSA",
    n: text(p * q),
    e: text(EXPONENT),
    d: text(d),
    p: text(p),
    q: text(q),
    dp: text(d % (p - 1n)),
    dq: text(d % (q - 1n)),
    qi: text(inverse(q, p)),
  };
  return createPrivateKey({ format: "jwk", key: jwk }).export({ type: "pkcs8", format: "pem" }).toString();
}

/** x with a * x = 1 modulo m, by the extended Euclidean algorithm. */
function inverse(a: bigint, m: bigint): bigint {
  let [old, rest] = [a % m, m];
  let [oldX, x] = [1n, 0n];
  while (rest !== 0n) {
    const quotient = old / rest;
    [old, rest] = [rest, old - quotient * rest];
    [oldX, x] = [x, oldX - quotient * x];
  }
  return ((oldX % m) + m) % m;
}

function text(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex").toString("base64url");
}
