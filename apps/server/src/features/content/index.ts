export { type BlobStore, type BlobSummary, CHUNK_BYTES } from "./ports.ts";
