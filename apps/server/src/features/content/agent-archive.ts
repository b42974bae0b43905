import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { buildXmlPlist } from "@pomona/plist";
import { pack } from "tar-stream";

const HOME = "Library/Application Support/Pomona/agent";
const SETTINGS = "/Library/Managed Preferences/io.pomona.agent.plist";

/** The launchd job of the agent: at boot, after a crash, and whenever its settings change, which is how a push wakes it. */
const launchDaemon = (): Uint8Array =>
  buildXmlPlist({
    Label: "io.pomona.agent",
    ProgramArguments: [`/${HOME}/pomona-agent`],
    RunAtLoad: true,
    KeepAlive: { SuccessfulExit: false },
    WatchPaths: [SETTINGS],
    ThrottleInterval: 1,
    AssociatedBundleIdentifiers: ["io.pomona.agent"],
  });

/**
 * The archive that Macs install, out of the agent's single-file bundle. Owners, modes and times are fixed, so that the
 * same bundle gives the same bytes and is taken in once.
 */
export async function agentArchive(bundleFile: string, serverVersion: string): Promise<Buffer> {
  const bundle = await readFile(bundleFile);
  const version = `${serverVersion}+${createHash("sha256").update(bundle).digest("hex").slice(0, 8)}`;
  const files: readonly (readonly [string, Uint8Array])[] = [
    [`${HOME}/agent.mjs`, bundle],
    [`${HOME}/version.json`, Buffer.from(`${JSON.stringify({ version })}\n`)],
    ["Library/LaunchDaemons/io.pomona.agent.plist", launchDaemon()],
  ];
  const archive = pack();
  for (const [name, bytes] of files) {
    archive.entry(
      { name, mode: 0o644, uid: 0, gid: 0, uname: "root", gname: "wheel", mtime: new Date(0) },
      Buffer.from(bytes),
    );
  }
  archive.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of archive) pieces.push(piece as Buffer);
  // Node's gzip writes no time into its header, and one byte for the system, which differs between systems.
  const zipped = await promisify(gzip)(Buffer.concat(pieces), { level: 9 });
  zipped[9] = 255;
  return zipped;
}
