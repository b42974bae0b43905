import { pbkdf2Sync } from "node:crypto";
import { getData, getDictionary, getInteger, isDictionary, PlistError, parsePlist } from "@pomona/plist";
import type { User } from "./mac-model.ts";

/** Apple's ShadowHashData: `{SALTED-SHA512-PBKDF2: {entropy, salt, iterations}}`. */
export interface PasswordHash {
  readonly entropy: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** Reads a hash as macOS does; undefined for one that it would not take. */
export function readPasswordHash(bytes: Uint8Array): PasswordHash | undefined {
  try {
    const plist = parsePlist(bytes);
    const hash = isDictionary(plist) ? getDictionary(plist, "SALTED-SHA512-PBKDF2") : undefined;
    if (hash === undefined) return undefined;
    const entropy = getData(hash, "entropy");
    const salt = getData(hash, "salt");
    const iterations = getInteger(hash, "iterations");
    if (entropy?.length !== 128 || salt === undefined || salt.length < 16 || iterations === undefined) return undefined;
    return iterations < 1 ? undefined : { entropy, salt, iterations };
  } catch (error) {
    if (error instanceof PlistError) return undefined;
    throw error;
  }
}

/** Whether an account opens with a password, however it was set. */
export function passwordFits(user: User, password: string): boolean {
  if (user.password !== undefined) return user.password === password;
  if (user.passwordHash === undefined) return false;
  const hash = readPasswordHash(Buffer.from(user.passwordHash, "base64"));
  if (hash === undefined) return false;
  const derived = pbkdf2Sync(password, hash.salt, hash.iterations, hash.entropy.length, "sha512");
  return derived.equals(hash.entropy);
}
