import type { ArchiveFile } from "./unpack-archive.ts";

/**
 * Packages that a fleet in one process has fetched and verified, by the hashes of their pieces: a thousand virtual Macs fetch the
 * same agent once, as behind a caching server.
 */
export interface PackageCache {
  get(pieceHashes: readonly string[], fetch: () => Promise<ArchiveFile[]>): Promise<ArchiveFile[]>;
}

export function createPackageCache(): PackageCache {
  const known = new Map<string, Promise<ArchiveFile[]>>();
  return {
    get: (pieceHashes, fetch) => {
      const key = pieceHashes.join();
      const fetched = known.get(key) ?? fetch();
      known.set(key, fetched);
      // A failure is not kept: the next Mac tries anew.
      fetched.catch(() => known.delete(key));
      return fetched;
    },
  };
}
