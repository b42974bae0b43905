export { contentSealed } from "./content.sql.ts";
export { type ArchiveFile, type BlobStore, type BlobSummary, CHUNK_BYTES, type PackArchive } from "./ports.ts";
