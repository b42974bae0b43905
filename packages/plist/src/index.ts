export { decodeBase64, encodeBase64 } from "./base64.ts";
export { buildBinaryPlist } from "./binary/build-binary.ts";
export { parseBinaryPlist } from "./binary/parse-binary.ts";
export type { BuildOptions } from "./build-options.ts";
export { PlistError, type PlistErrorCode } from "./error.ts";
export { DEFAULT_LIMITS, MAX_DEPTH, type PlistLimits } from "./limits.ts";
export { parsePlist } from "./parse.ts";
export {
  getArray,
  getBigInteger,
  getBoolean,
  getData,
  getDate,
  getDictionary,
  getInteger,
  getNumber,
  getString,
  isDictionary,
} from "./read.ts";
export { PlistReal } from "./real.ts";
export { PlistUid } from "./uid.ts";
export type { PlistDictionary, PlistValue } from "./value.ts";
export { buildXmlPlist } from "./xml/build-xml.ts";
export { parseXmlPlist } from "./xml/parse-xml.ts";
