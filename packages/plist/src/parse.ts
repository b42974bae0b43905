import { parseBinaryPlist } from "./binary/parse-binary.ts";
import { isBinaryPlist } from "./binary/trailer.ts";
import type { PlistLimits } from "./limits.ts";
import type { PlistValue } from "./value.ts";
import { parseXmlPlist } from "./xml/parse-xml.ts";

/**
 * Parses a property list in either format, told apart by the first bytes: `bplist` is binary, all else must be XML (UTF-8, or
 * UTF-16 with a byte order mark). Bounded in bytes, depth and values. Throws `PlistError` and nothing else.
 */
export function parsePlist(bytes: Uint8Array, limits?: Partial<PlistLimits>): PlistValue {
  return isBinaryPlist(bytes) ? parseBinaryPlist(bytes, limits) : parseXmlPlist(bytes, limits);
}
