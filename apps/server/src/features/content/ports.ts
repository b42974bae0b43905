/** Bytes under the name of their hash. Nothing is overwritten, and nothing is served that was not verified. */
export interface BlobStore {
  /** Takes a stream in, atomically: a blob is there whole, or not at all. */
  put(bytes: AsyncIterable<Uint8Array>): Promise<BlobSummary>;
  /**
   * Streams bytes from `start` to before `end`. The whole blob is verified before its first byte is served in this process.
   * @throws Error when it is missing, or is not what its name says
   */
  read(hash: string, start: number, end: number): AsyncIterable<Uint8Array>;
  /** Whether it is there, whole and true to its name. */
  verify(hash: string): Promise<boolean>;
}

export interface BlobSummary {
  /** SHA-256 in lower hex. */
  readonly hash: string;
  readonly size: number;
  /** SHA-256 of each piece of {@link CHUNK_BYTES}, in lower hex; the last piece is what is left. */
  readonly chunks: readonly string[];
}

/** Apple's manifest names the hash of each piece of this size. */
export const CHUNK_BYTES = 10 * 1_048_576;

/** One file of an archive; its path without a slash at the beginning. */
export interface ArchiveFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Packs files into a .tar.gz; the same files have to give the same bytes. */
export type PackArchive = (files: readonly ArchiveFile[]) => Promise<Uint8Array>;
