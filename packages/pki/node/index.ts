export { keyObject, nodeCrypto } from "./node-crypto.ts";
export { type GeneratedKeyType, generateKeyPair, privateKeyFromPem, privateKeyToPem } from "./private-keys.ts";
