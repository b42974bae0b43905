import { createHash } from "node:crypto";
import type { DeviceHttp } from "../network/device-http.ts";
import { installRefused, type PackageManifest } from "./manifest.ts";

const ATTEMPTS = 4;
const MAX_PACKAGE_BYTES = 2 ** 31;

/**
 * Fetches a package and verifies each piece as it comes; after a broken connection it goes on after the last good piece. Throws
 * `Refused` for a piece that does not match its hash, and for too few or too many bytes.
 */
export async function fetchPackage(http: DeviceHttp, manifest: PackageManifest): Promise<Uint8Array> {
  const good: Buffer[] = [];
  if (manifest.pieceSize * manifest.pieceHashes.length > MAX_PACKAGE_BYTES)
    throw installRefused("The package is too large.");
  for (let attempt = 1; ; attempt++) {
    try {
      await fetchRest(http, manifest, good);
      return Buffer.concat(good);
    } catch (error) {
      if (error instanceof Error && error.name === "Refused") throw error;
      if (attempt === ATTEMPTS)
        throw Object.assign(installRefused("The package could not be downloaded."), { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 250 * attempt));
    }
  }
}

async function fetchRest(http: DeviceHttp, manifest: PackageManifest, good: Buffer[]): Promise<void> {
  const from = good.length * manifest.pieceSize;
  const headers: Record<string, string> = from === 0 ? {} : { Range: `bytes=${from}-` };
  await http.stream({ method: "GET", url: manifest.url, headers }, async (response) => {
    const isPartial = response.statusCode === 206;
    if (response.statusCode !== 200 && !isPartial)
      throw installRefused(`The package server answered ${response.statusCode} to ${new URL(manifest.url).pathname}.`);
    let skip = isPartial ? 0 : from;
    let pending = Buffer.alloc(0);
    for await (const chunk of response as AsyncIterable<Buffer>) {
      const dropped = Math.min(skip, chunk.length);
      skip -= dropped;
      pending = Buffer.concat([pending, chunk.subarray(dropped)]);
      while (pending.length >= manifest.pieceSize) {
        take(manifest, good, pending.subarray(0, manifest.pieceSize));
        pending = pending.subarray(manifest.pieceSize);
      }
    }
    if (!response.complete) throw new Error("the connection broke");
    if (pending.length > 0) take(manifest, good, pending);
  });
  if (good.length !== manifest.pieceHashes.length)
    throw installRefused("The package is shorter than its manifest says.");
}

function take(manifest: PackageManifest, good: Buffer[], piece: Buffer): void {
  const expected = manifest.pieceHashes[good.length];
  if (expected === undefined) throw installRefused("The package is longer than its manifest says.");
  if (createHash("sha256").update(piece).digest("hex") !== expected) {
    throw installRefused(`Piece ${good.length} of the package does not match its hash.`);
  }
  good.push(Buffer.from(piece));
}
