import { createHash, type Hash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { type BlobStore, type BlobSummary, CHUNK_BYTES } from "../../features/content/index.ts";

/** Pieces in which a blob is read and handed on. */
const PIECE_BYTES = 1_048_576;
const HASH = /^[0-9a-f]{64}$/;

/** Blobs as files under a folder, two levels deep, named by their hash. */
export class DiskBlobs implements BlobStore {
  readonly #dir: string;
  /** What was read whole and found true in this process; a file changed later is caught at the next start. */
  readonly #verified = new Map<string, Promise<boolean>>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  async put(bytes: AsyncIterable<Uint8Array>): Promise<BlobSummary> {
    const incoming = path.join(this.#dir, "incoming");
    await mkdir(incoming, { recursive: true, mode: 0o700 });
    const file = path.join(incoming, randomUUID());
    const hashes = new ChunkHashes();
    try {
      const handle = await open(file, "wx", 0o600);
      try {
        for await (const piece of bytes) {
          hashes.add(piece);
          await handle.writeFile(piece);
        }
        await handle.sync();
      } finally {
        await handle.close();
      }
      const summary = hashes.summary();
      const target = this.#file(summary.hash);
      await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
      await rename(file, target);
      this.#verified.set(summary.hash, Promise.resolve(true));
      return summary;
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
  }

  verify(hash: string): Promise<boolean> {
    let found = this.#verified.get(hash);
    if (found === undefined) {
      found = this.#check(hash);
      this.#verified.set(hash, found);
      // What is missing now may be put later.
      void found.then((isTrue) => isTrue || this.#verified.delete(hash));
    }
    return found;
  }

  async *read(hash: string, start: number, end: number): AsyncIterable<Uint8Array> {
    if (!(await this.verify(hash))) throw new Error(`blob ${hash} is missing or damaged`);
    if (end <= start) return;
    yield* createReadStream(this.#file(hash), { start, end: end - 1, highWaterMark: PIECE_BYTES });
  }

  async #check(hash: string): Promise<boolean> {
    try {
      const file = this.#file(hash);
      if (!(await stat(file)).isFile()) return false;
      const digest = createHash("sha256");
      for await (const piece of createReadStream(file, { highWaterMark: PIECE_BYTES })) digest.update(piece as Buffer);
      return digest.digest("hex") === hash;
    } catch {
      return false;
    }
  }

  #file(hash: string): string {
    if (!HASH.test(hash)) throw new Error("not the name of a blob");
    return path.join(this.#dir, hash.slice(0, 2), hash);
  }
}

/** The hash of the whole and of each chunk, in one pass. */
class ChunkHashes {
  readonly #whole = createHash("sha256");
  readonly #chunks: string[] = [];
  #chunk: Hash = createHash("sha256");
  #inChunk = 0;
  #size = 0;

  add(bytes: Uint8Array): void {
    this.#whole.update(bytes);
    this.#size += bytes.length;
    for (let at = 0; at < bytes.length; ) {
      const taken = Math.min(bytes.length - at, CHUNK_BYTES - this.#inChunk);
      this.#chunk.update(bytes.subarray(at, at + taken));
      this.#inChunk += taken;
      at += taken;
      if (this.#inChunk === CHUNK_BYTES) this.#close();
    }
  }

  summary(): BlobSummary {
    if (this.#inChunk > 0) this.#close();
    return { hash: this.#whole.digest("hex"), size: this.#size, chunks: this.#chunks };
  }

  #close(): void {
    this.#chunks.push(this.#chunk.digest("hex"));
    this.#chunk = createHash("sha256");
    this.#inChunk = 0;
  }
}
