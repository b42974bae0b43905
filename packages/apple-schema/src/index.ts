/** Tables of facts of Apple's management schema. Filled by `tools/generate.ts`. */
export {};
