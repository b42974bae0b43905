import { getArray, getDictionary, getInteger, getString, isDictionary, type PlistDictionary } from "@pomona/plist";
import { Refused } from "../profiles/profile-refused.ts";

/** What InstallEnterpriseApplication's manifest says of one package (Apple: ManifestURL, "Manifest"). */
export interface PackageManifest {
  readonly url: string;
  /** Bytes of each hashed piece; the last may be shorter. */
  readonly pieceSize: number;
  /** Hex SHA-256 of each piece, lower case. */
  readonly pieceHashes: readonly string[];
  readonly bundleIdentifier: string;
  readonly bundleVersion: string;
  readonly title: string | undefined;
  readonly sizeBytes: number | undefined;
}

/** Why a package is not installed. */
export const installRefused = (why: string, code = 1): Refused =>
  new Refused({ code, domain: "MDMEnterpriseAppErrorDomain", description: why });

/** Reads the first item of a manifest. Throws `Refused` for one that macOS could not use. */
export function readManifest(manifest: PlistDictionary): PackageManifest {
  const [item] = getArray(manifest, "items") ?? [];
  if (!isDictionary(item)) throw installRefused("The manifest has no items.");
  const asset = (getArray(item, "assets") ?? []).find(
    (entry) => isDictionary(entry) && getString(entry, "kind") === "software-package",
  );
  const metadata = getDictionary(item, "metadata");
  if (!isDictionary(asset) || metadata === undefined) throw installRefused("The manifest has no software-package.");
  const url = getString(asset, "url");
  const hashes = getArray(asset, "sha256s");
  const size = getInteger(asset, "sha256-size");
  const bundleIdentifier = getString(metadata, "bundle-identifier");
  const bundleVersion = getString(metadata, "bundle-version");
  if (url === undefined || bundleIdentifier === undefined || bundleVersion === undefined) {
    throw installRefused("The manifest misses url, bundle-identifier or bundle-version.");
  }
  if (hashes === undefined || size === undefined || size < 1 || hashes.length === 0) {
    throw installRefused("The manifest has no sha256s with their sha256-size.");
  }
  const pieceHashes = hashes.map((hash) => {
    if (typeof hash !== "string" || !/^[0-9a-fA-F]{64}$/.test(hash))
      throw installRefused("A sha256 is not 64 hex digits.");
    return hash.toLowerCase();
  });
  return {
    url,
    pieceSize: size,
    pieceHashes,
    bundleIdentifier,
    bundleVersion,
    title: getString(metadata, "title"),
    sizeBytes: getInteger(metadata, "sizeInBytes"),
  };
}
