import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { buildXmlPlist, type PlistDictionary } from "@pomona/plist";
import { pack } from "tar-stream";

/** A .tar.gz of text files. */
export async function tarGz(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const tar = pack();
  for (const [name, text] of Object.entries(files)) tar.entry({ name }, text);
  tar.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of tar as AsyncIterable<Buffer>) pieces.push(piece);
  return gzipSync(Buffer.concat(pieces));
}

/** The archive of an agent whose program is `script`, with its launchd job. */
export const agentArchive = (script: string): Promise<Buffer> =>
  tarGz({
    "Library/Application Support/Pomona/agent/agent.mjs": script,
    "Library/Application Support/Pomona/agent/version.json": '{"version":"9.8.7"}',
    "Library/LaunchDaemons/io.pomona.agent.plist": Buffer.from(
      buildXmlPlist({
        Label: "io.pomona.agent",
        ProgramArguments: ["/Library/Application Support/Pomona/agent/pomona-agent"],
        RunAtLoad: true,
        KeepAlive: { SuccessfulExit: false },
        WatchPaths: ["/Library/Managed Preferences/io.pomona.agent.plist"],
      }),
    ).toString("utf8"),
  });

/** The manifest of one package in one piece (Apple: ManifestURL). */
export const manifestOf = (url: string, bytes: Buffer): PlistDictionary => ({
  items: [
    {
      assets: [
        {
          kind: "software-package",
          url,
          "sha256-size": 10 * 1024 * 1024,
          sha256s: [createHash("sha256").update(bytes).digest("hex")],
        },
      ],
      metadata: { "bundle-identifier": "io.pomona.agent", "bundle-version": "9.8.7", kind: "software", title: "Agent" },
    },
  ],
});
