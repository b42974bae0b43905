import { installationFailure } from "@pomona/mdm";
import type { PlistDictionary } from "@pomona/plist";
import { type Static, Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { base64, closed, httpsUrl } from "./parts/fields.ts";
import { managementFields, managementKeys, managementProblem } from "./parts/managed-install.ts";

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
  input: closed({
    manifest: Type.Optional(Manifest),
    manifestUrl: Type.Optional(httpsUrl("of Apple's manifest, instead of one in the command")),
    pinningCertificates: Type.Optional(
      Type.Array(base64(16_384, "DER in base64; the server of manifestUrl must show one of them"), {
        minItems: 1,
        maxItems: 10,
      }),
    ),
    checkRevocation: Type.Optional(Type.Boolean({ description: "of the pinned certificates" })),
    ...managementFields,
  }),
  sealed: ["configuration"],
  fault: (input) => {
    if ((input.manifest === undefined) === (input.manifestUrl === undefined))
      return "manifest or manifestUrl is needed";
    return managementProblem(input);
  },
  payload: ({ manifest, manifestUrl, pinningCertificates, checkRevocation, ...management }): PlistDictionary => ({
    ...(manifestUrl === undefined ? {} : { ManifestURL: manifestUrl }),
    ...(manifest === undefined ? {} : { Manifest: manifestKeys(manifest) }),
    ...(pinningCertificates === undefined
      ? {}
      : { ManifestURLPinningCerts: pinningCertificates.map((der) => Buffer.from(der, "base64")) }),
    ...(checkRevocation === undefined ? {} : { PinningRevocationCheckRequired: checkRevocation }),
    ...managementKeys(management),
  }),
  failureIn: installationFailure,
});

const manifestKeys = (manifest: Static<typeof Manifest>): PlistDictionary => ({
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
});
