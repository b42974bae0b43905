import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { buildXmlPlist, type PlistDictionary } from "@pomona/plist";
import { pack } from "tar-stream";
import { startFakeMdmServer } from "../testing/fake-mdm-server.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { VirtualMac } from "../virtual-mac/virtual-mac.ts";
import { readArchive } from "./unpack-archive.ts";

interface Entry {
  readonly name: string;
  readonly text?: string;
  readonly type?: "file" | "symlink";
}

async function archive(entries: readonly Entry[]): Promise<Buffer> {
  const tar = pack();
  for (const { name, text, type } of entries) {
    if (type === "symlink") tar.entry({ name, type, linkname: "/etc/passwd" });
    else tar.entry({ name }, text ?? "");
  }
  tar.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of tar as AsyncIterable<Buffer>) pieces.push(piece);
  return gzipSync(Buffer.concat(pieces));
}

function manifest(
  url: string,
  bytes: Buffer,
  pieceSize: number,
  change?: (hashes: string[]) => string[],
): PlistDictionary {
  const hashes: string[] = [];
  for (let at = 0; at < bytes.length; at += pieceSize) {
    hashes.push(
      createHash("sha256")
        .update(bytes.subarray(at, at + pieceSize))
        .digest("hex"),
    );
  }
  return {
    items: [
      {
        assets: [{ kind: "software-package", url, "sha256-size": pieceSize, sha256s: change?.(hashes) ?? hashes }],
        metadata: { "bundle-identifier": "io.test.tool", "bundle-version": "1.2", kind: "software", title: "Tool" },
      },
    ],
  };
}

describe("InstallEnterpriseApplication on a virtual Mac", () => {
  it("fetches the package, verifies each piece and unpacks it under the Mac's root", async () => {
    await using folder = await temporaryFolder();
    await using server = await startFakeMdmServer();
    await using mac = await VirtualMac.open({ folder: join(folder.path, "mac"), agentMode: "none" });
    await mac.enroll(server.invitation, { ca: server.ca.rootPem });
    const bytes = await archive([
      { name: "Library/Tool/version.json", text: '{"version":"1.2.3"}' },
      { name: "./Library/Tool/data", text: "x".repeat(5000) },
    ]);
    server.files.set("/tool.tar.gz", bytes);
    server.files.set("/manifest", Buffer.from(buildXmlPlist(manifest(`${server.url}/tool.tar.gz`, bytes, 64))));
    server.queue({ RequestType: "InstallEnterpriseApplication", ManifestURL: `${server.url}/manifest` });
    await mac.mdm.connect();
    await mac.journal.find("package-installed", (detail) => detail === "io.test.tool 1.2.3");
    assert.equal((await mac.body.root.read("/Library/Tool/data"))?.length, 5000);

    const good = manifest(`${server.url}/tool.tar.gz`, bytes, 64);
    const wrong = manifest(`${server.url}/tool.tar.gz`, bytes, 64, (hashes) => hashes.with(1, "00".repeat(32)));
    const short = manifest(`${server.url}/tool.tar.gz`, bytes, 64, (hashes) => [...hashes, "00".repeat(32)]);
    const long = manifest(`${server.url}/tool.tar.gz`, bytes, 64, (hashes) => hashes.slice(0, -1));
    for (const [index, bad] of [wrong, short, long].entries()) {
      server.queue({ RequestType: "InstallEnterpriseApplication", Manifest: bad });
      await mac.mdm.connect();
      const failures = () => mac.journal.entries.filter((entry) => entry.kind === "package-failed").length;
      while (failures() <= index) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(mac.journal.entries.filter((entry) => entry.kind === "package-installed").length, 1);

    for (const answer of [
      { RequestType: "InstallEnterpriseApplication", ManifestURL: `${server.url}/nothing` },
      { RequestType: "InstallEnterpriseApplication", Manifest: { items: [] } },
      { RequestType: "InstallEnterpriseApplication", Manifest: good, ManifestURL: `${server.url}/manifest` },
    ]) {
      server.queue(answer);
    }
    await mac.mdm.connect();
    const said = server.reports.filter((report) => report["Status"] !== "Idle").map((report) => report["Status"]);
    assert.deepEqual(said.slice(-3), ["Error", "Error", "CommandFormatError"]);
  });

  it("takes no archive that leads out of its folder, holds links, or is none", async () => {
    for (const entries of [
      [{ name: "../outside", text: "x" }],
      [{ name: "a/../../outside", text: "x" }],
      [{ name: "/absolute", text: "x" }],
      [{ name: "link", type: "symlink" as const }],
    ]) {
      await assert.rejects(readArchive(await archive(entries)), { name: "Refused" });
    }
    await assert.rejects(readArchive(Buffer.from("no archive")), { name: "Refused" });
    const files = await readArchive(await archive([{ name: "a/b", text: "c" }]));
    assert.deepEqual(
      files.map((file) => [file.path, file.bytes.toString()]),
      [["/a/b", "c"]],
    );
  });
});
