export { searchBounds } from "../search/search-bounds.ts";
export { fuzz } from "./fuzz.ts";
export type { FuzzTarget } from "./fuzz-target.ts";
export { byteMutations } from "./mutate-bytes.ts";
export { derMutations } from "./mutate-der.ts";
export { inBase64, jsonMutations, xmlMutations } from "./mutate-text.ts";
