import type { Crypto, PrivateKeyHandle } from "../src/index.ts";

export type GeneratedKeyType = "rsa-2048" | "ec-p256" | "ec-p384";
export declare function nodeCrypto(): Crypto;
export declare function generateKeyPair(type: GeneratedKeyType): PrivateKeyHandle;
export declare function privateKeyFromPem(pem: string): PrivateKeyHandle;
export declare function privateKeyToPem(key: PrivateKeyHandle): string;
