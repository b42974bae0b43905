import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { buildXmlPlist } from "@pomona/plist";
import type { ArchiveFile } from "./ports.ts";

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

/** The files that Macs install, out of the agent's single-file bundle; its version tells one bundle from another. */
export async function agentFiles(bundleFile: string, serverVersion: string): Promise<readonly ArchiveFile[]> {
  const bundle = await readFile(bundleFile);
  const version = `${serverVersion}+${createHash("sha256").update(bundle).digest("hex").slice(0, 8)}`;
  return [
    { name: `${HOME}/agent.mjs`, bytes: bundle },
    { name: `${HOME}/version.json`, bytes: Buffer.from(`${JSON.stringify({ version })}\n`) },
    { name: "Library/LaunchDaemons/io.pomona.agent.plist", bytes: launchDaemon() },
  ];
}
