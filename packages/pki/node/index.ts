export { keyObject, nodeCrypto } from "./node-crypto.ts";
export {
  type GeneratedKeyType,
  generateKeyPair,
  generateKeyPairInBackground,
  privateKeyFromPem,
  privateKeyToPem,
} from "./private-keys.ts";
