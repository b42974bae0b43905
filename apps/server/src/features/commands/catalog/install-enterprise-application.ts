import type { PlistDictionary } from "@pomona/plist";
import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";

/** Apple's manifest with SHA-256 sums, so that nobody between us and the Mac can change what it installs. */
const Manifest = Type.Object(
  {
    url: Type.String({ pattern: "^https://", maxLength: 2048 }),
    /** Sums of consecutive pieces of `chunkBytes`; the last piece may be shorter. */
    sha256s: Type.Array(Type.String({ pattern: "^[0-9a-f]{64}$" }), { minItems: 1, maxItems: 10_000 }),
    chunkBytes: Type.Integer({ minimum: 1 }),
    sizeBytes: Type.Integer({ minimum: 1 }),
    bundleIdentifier: Type.String({ minLength: 1, maxLength: 255 }),
    bundleVersion: Type.String({ minLength: 1, maxLength: 255 }),
    title: Type.String({ minLength: 1, maxLength: 255 }),
  },
  { additionalProperties: false },
);

export const installEnterpriseApplication = defineCommand({
  requestType: "InstallEnterpriseApplication",
  summary: "Install a package",
  risk: "rootEquivalent",
  input: Type.Object(
    {
      manifest: Manifest,
      pinningCertificates: Type.Optional(Type.Array(Type.String({ description: "DER in base64" }), { maxItems: 10 })),
    },
    { additionalProperties: false },
  ),
  payload: ({ manifest, pinningCertificates }): PlistDictionary => ({
    Manifest: {
      items: [
        {
          assets: [
            {
              kind: "software-package",
              url: manifest.url,
              "sha256-size": manifest.chunkBytes,
              sha256s: manifest.sha256s,
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
    },
    ...(pinningCertificates === undefined
      ? {}
      : { ManifestURLPinningCerts: pinningCertificates.map((der) => Buffer.from(der, "base64")) }),
  }),
});
