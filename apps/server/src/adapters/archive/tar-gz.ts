import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { pack } from "tar-stream";
import type { ArchiveFile } from "../../features/content/index.ts";

/** A .tar.gz with fixed owners, modes and times: the same files give the same bytes. */
export async function tarGz(files: readonly ArchiveFile[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, bytes } of files) {
    const header = { name, mode: 0o644, uid: 0, gid: 0, uname: "root", gname: "wheel", mtime: new Date(0) };
    archive.entry(header, Buffer.from(bytes));
  }
  archive.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of archive) pieces.push(piece as Buffer);
  const zipped = await promisify(gzip)(Buffer.concat(pieces), { level: 9 });
  // Node writes no time into gzip's header, but a byte for the system (RFC 1952, OS), which differs; 255 is "unknown".
  zipped[9] = 255;
  return zipped;
}
