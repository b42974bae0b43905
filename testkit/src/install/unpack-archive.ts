import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { installRefused } from "./manifest.ts";

const MAX_UNPACKED_BYTES = 512 * 1024 * 1024;
const MAX_ENTRIES = 10_000;

/** A file of an archive, with its path on the Mac. */
export interface ArchiveFile {
  readonly path: string;
  readonly mode: number;
  readonly bytes: Buffer;
}

/**
 * Reads a .tar.gz within bounds. Only plain files and folders with relative paths that stay inside are taken. Throws `Refused` for
 * absolute paths, `..`, links, devices, and for what unfolds beyond 512 MiB.
 */
export async function readArchive(archive: Uint8Array): Promise<ArchiveFile[]> {
  const files: ArchiveFile[] = [];
  let unpacked = 0;
  const tar = extract();
  const reading = (async () => {
    for await (const entry of tar) {
      const { name, type, mode } = entry.header;
      if (files.length > MAX_ENTRIES) throw installRefused("The package has too many files.");
      const path = safePath(name);
      if (type !== "file" && type !== "directory") throw installRefused(`The package holds a ${type}: ${name}`);
      const pieces: Buffer[] = [];
      for await (const piece of entry as AsyncIterable<Buffer>) {
        unpacked += piece.length;
        if (unpacked > MAX_UNPACKED_BYTES) throw installRefused("The package unfolds to more than 512 MiB.");
        pieces.push(piece);
      }
      if (type === "file") files.push({ path, mode: (mode ?? 0o644) & 0o755, bytes: Buffer.concat(pieces) });
    }
  })();
  try {
    await Promise.all([reading, pipeline(Readable.from([Buffer.from(archive)]), createGunzip(), tar)]);
  } catch (cause) {
    if (cause instanceof Error && cause.name === "Refused") throw cause;
    throw Object.assign(installRefused("The package cannot be unpacked."), { cause });
  }
  return files;
}

function safePath(name: string): string {
  const parts = name.split("/");
  if (name.startsWith("/") || parts.includes("..") || name.includes("\0")) {
    throw installRefused(`The package holds a path that leads out: ${name}`);
  }
  return normalize(`/${name}`);
}

/** Writes files under a folder, each replaced in one step. */
export async function writeFiles(folder: string, files: readonly ArchiveFile[]): Promise<void> {
  for (const file of files) {
    const target = join(folder, file.path);
    await mkdir(dirname(target), { recursive: true });
    const next = `${target}.next`;
    await rm(next, { force: true });
    await writeFile(next, file.bytes);
    await chmod(next, file.mode | 0o200);
    await rename(next, target);
  }
}
