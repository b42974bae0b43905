export { decodeBase64, encodeBase64 } from "./base64.ts";
export { PlistError, type PlistErrorCode } from "./error.ts";
export { DEFAULT_LIMITS, MAX_DEPTH, type PlistLimits } from "./limits.ts";
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
