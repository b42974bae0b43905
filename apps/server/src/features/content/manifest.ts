import { buildXmlPlist } from "@pomona/plist";
import type { PackageManifest } from "../agents/index.ts";
import { type BlobSummary, CHUNK_BYTES } from "./ports.ts";

/** What a Mac has to know of the agent's package, but for where it is. */
export const manifestOf = (blob: BlobSummary, version: string): Omit<PackageManifest, "url"> => ({
  sha256s: blob.chunks,
  chunkBytes: CHUNK_BYTES,
  sizeBytes: blob.size,
  bundleIdentifier: "io.pomona.agent",
  bundleVersion: version,
  title: "Pomona agent",
});

/** The same as Apple writes it (InstallEnterpriseApplication: ManifestURL), for tools that fetch a manifest. */
export const manifestPlist = (manifest: PackageManifest): Uint8Array =>
  buildXmlPlist({
    items: [
      {
        assets: [
          {
            kind: "software-package",
            url: manifest.url,
            "sha256-size": manifest.chunkBytes,
            sha256s: [...manifest.sha256s],
          },
        ],
        metadata: {
          "bundle-identifier": manifest.bundleIdentifier,
          "bundle-version": manifest.bundleVersion,
          kind: "software",
          title: manifest.title,
          sizeInBytes: manifest.sizeBytes,
        },
      },
    ],
  });
