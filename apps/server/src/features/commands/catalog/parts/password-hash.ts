import { decodeBase64, getData, getDictionary, getInteger, isDictionary, PlistError, parsePlist } from "@pomona/plist";
import { base64 } from "./fields.ts";

/** What macOS takes instead of a password: it never sees the words, and so gives such an account no secure token. */
export const passwordHashField = base64(
  4096,
  "a property list {SALTED-SHA512-PBKDF2: {entropy (128 bytes), salt (32 bytes), iterations}} in base64",
);

/** What macOS would not take, or would take and lock everybody out with. Says nothing of the value. */
export function passwordHashProblem(encoded: string): string | undefined {
  let hash: ReturnType<typeof getDictionary>;
  try {
    const plist = parsePlist(decodeBase64(encoded));
    hash = isDictionary(plist) ? getDictionary(plist, "SALTED-SHA512-PBKDF2") : undefined;
  } catch (error) {
    if (error instanceof PlistError) return "passwordHash is no property list";
    throw error;
  }
  if (hash === undefined) return "passwordHash has no SALTED-SHA512-PBKDF2";
  if (getData(hash, "entropy")?.length !== 128) return "the entropy of passwordHash must have 128 bytes";
  if (getData(hash, "salt")?.length !== 32) return "the salt of passwordHash must have 32 bytes";
  const iterations = getInteger(hash, "iterations") ?? 0;
  return iterations < 1000 || iterations > 10_000_000 ? "the iterations of passwordHash are out of bounds" : undefined;
}
