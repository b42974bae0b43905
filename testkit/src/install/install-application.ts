import { encodePem } from "@pomona/pki";
import { getString, isDictionary, type PlistDictionary, PlistError, type PlistValue, parsePlist } from "@pomona/plist";
import type { ManifestSource } from "../mdm/command-port.ts";
import { openDeviceHttp } from "../network/device-http.ts";
import { fetchPackage } from "./fetch-package.ts";
import { installRefused, type PackageManifest, readManifest } from "./manifest.ts";
import type { PackageCache } from "./package-cache.ts";
import { type ArchiveFile, readArchive } from "./unpack-archive.ts";

/** Gets the manifest. Throws `Refused`: macOS answers the command with Error then. */
export async function fetchManifest(source: ManifestSource, roots: readonly string[]): Promise<PackageManifest> {
  if ("inline" in source) return readManifest(source.inline);
  const http = openDeviceHttp({ roots: trusted(source, roots) });
  try {
    const answer = await http.send({ method: "GET", url: source.url }).catch((cause: unknown) => {
      throw Object.assign(installRefused("The manifest could not be downloaded."), { cause });
    });
    if (answer.status !== 200) throw installRefused(`The manifest server answered ${answer.status}.`);
    return readManifest(asDictionary(answer.body));
  } finally {
    http.close();
  }
}

/** Fetches, verifies and unfolds the package. Throws `Refused`. */
export async function fetchApplication(
  manifest: PackageManifest,
  roots: readonly string[],
  cache?: PackageCache,
): Promise<ArchiveFile[]> {
  const fetch = async (): Promise<ArchiveFile[]> => {
    const http = openDeviceHttp({ roots });
    try {
      return await readArchive(await fetchPackage(http, manifest));
    } finally {
      http.close();
    }
  };
  return cache === undefined ? fetch() : cache.get(manifest.pieceHashes, fetch);
}

/** ManifestURLPinningCerts replaces what is trusted otherwise (Apple: InstallEnterpriseApplication). */
const trusted = (source: { readonly pinned: readonly Uint8Array[] }, roots: readonly string[]): readonly string[] =>
  source.pinned.length > 0 ? source.pinned.map((der) => encodePem("CERTIFICATE", der)) : roots;

function asDictionary(bytes: Uint8Array): PlistDictionary {
  let value: PlistValue;
  try {
    value = parsePlist(bytes);
  } catch (cause) {
    if (cause instanceof PlistError)
      throw Object.assign(installRefused("The manifest is not a property list."), { cause });
    throw cause;
  }
  if (!isDictionary(value)) throw installRefused("The manifest is not a dictionary.");
  return value;
}

/** The daemons among the files of a package. */
export const launchDaemonsOf = (files: readonly ArchiveFile[]): string[] =>
  files.map((file) => file.path).filter((path) => /^\/Library\/LaunchDaemons\/[^/]+\.plist$/.test(path));

/** The `version` of the package's version.json, where it has one. */
export function versionOf(files: readonly ArchiveFile[], fallback: string): string {
  const file = files.find((entry) => entry.path.endsWith("/version.json"));
  if (file === undefined) return fallback;
  const value: unknown = JSON.parse(file.bytes.toString("utf8"));
  return isDictionary(value) ? (getString(value, "version") ?? fallback) : fallback;
}
