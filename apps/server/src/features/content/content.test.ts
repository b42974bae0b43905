import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { getArray, getDictionary, getInteger, getString, isDictionary, parsePlist } from "@pomona/plist";
import { tarGz } from "../../adapters/archive/tar-gz.ts";
import { DiskBlobs } from "../../adapters/blobs/disk-blobs.ts";
import type { HttpResponse } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { createTenants } from "../../testing/test-agents.ts";
import { MovableClock, type TestKernel, testKernel } from "../../testing/test-kernel.ts";
import { addTenant } from "../tenants/index.ts";
import { agentFiles } from "./agent-files.ts";
import { byteRange } from "./byte-range.ts";
import { createContent } from "./feature.ts";
import { readGrant, signGrant } from "./signed-link.ts";

const bytesOf = async (answer: HttpResponse): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of answer.body as AsyncIterable<Uint8Array>) pieces.push(piece);
  return Buffer.concat(pieces);
};
const bundleIn = (kernel: TestKernel): string => {
  const file = path.join(kernel.dir, "agent.mjs");
  writeFileSync(file, `// the agent\n${"console.log(1);\n".repeat(1000)}`);
  return file;
};

async function opened(kernel: TestKernel, agentBundle = bundleIn(kernel)) {
  const dir = path.join(kernel.dir, "blobs");
  const content = createContent(kernel, {
    blobs: new DiskBlobs(dir),
    pack: tarGz,
    deviceUrl: () => "https://localhost:8444",
    agentBundle,
    version: "0.1.0",
  });
  kernel.migrate([createTenants(), content.feature]);
  const tenant = await kernel.store.write(systemScope(PLATFORM, "test"), (tx) => addTenant(tx, "Orchard"));
  await content.feature.start!();
  const get = (url: string, range?: string) => {
    const [, , grant = "", file = ""] = new URL(url).pathname.split("/");
    const route = content.feature.routes!.find(
      ({ path: where }) => where.endsWith("manifest.plist") === (file === "manifest.plist"),
    )!;
    return route.handle({
      method: "GET",
      url,
      params: { grant, file },
      headers: range === undefined ? {} : { range },
      body: new Uint8Array(),
      address: "127.0.0.1",
      signal: new AbortController().signal,
    });
  };
  return { content, tenant, get, dir };
}

test("the agent's package is served under its link, whole or in ranges, as its manifest says", async () => {
  await using kernel = testKernel();
  const { content, tenant, get } = await opened(kernel);
  const manifest = content.agentPackage.manifestFor(tenant.id)!;
  const whole = await get(manifest.url);
  assert.equal(whole.status, 200);
  const bytes = await bytesOf(whole);
  assert.equal(bytes.length, manifest.sizeBytes);
  assert.deepEqual([createHash("sha256").update(bytes).digest("hex")], manifest.sha256s);
  const part = await get(manifest.url, "bytes=10-19");
  assert.equal(part.status, 206);
  assert.equal(part.headers?.["content-range"], `bytes 10-19/${bytes.length}`);
  assert.deepEqual(await bytesOf(part), bytes.subarray(10, 20));
  assert.equal((await get(manifest.url, `bytes=${bytes.length}-`)).status, 416);
  const plist = await get(manifest.url.replace(/[^/]+$/, "manifest.plist"));
  const parsed = parsePlist(plist.body as Uint8Array);
  assert.ok(isDictionary(parsed));
  const [item] = getArray(parsed, "items") ?? [];
  assert.ok(isDictionary(item));
  const [asset] = getArray(item, "assets") ?? [];
  assert.ok(isDictionary(asset));
  assert.deepEqual(getArray(asset, "sha256s"), manifest.sha256s);
  assert.equal(getInteger(getDictionary(item, "metadata")!, "sizeInBytes"), bytes.length);
  assert.deepEqual(await bytesOf(await get(getString(asset, "url")!)), bytes);
});

test("tar unpacks the package, and the same bundle gives the same bytes", async () => {
  await using kernel = testKernel();
  const bundle = bundleIn(kernel);
  const archive = await tarGz(await agentFiles(bundle, "0.1.0"));
  assert.deepEqual(await tarGz(await agentFiles(bundle, "0.1.0")), archive);
  const file = path.join(kernel.dir, "agent.tar.gz");
  writeFileSync(file, archive);
  const out = path.join(kernel.dir, "out");
  mkdirSync(out);
  execFileSync("tar", ["-xzf", file, "-C", out]);
  assert.deepEqual(readdirSync(path.join(out, "Library/Application Support/Pomona/agent")).sort(), [
    "agent.mjs",
    "version.json",
  ]);
  assert.deepEqual(readdirSync(path.join(out, "Library/LaunchDaemons")), ["io.pomona.agent.plist"]);
});

test("a link that ended, was changed, or is for a tenant without a grant leads nowhere", async () => {
  const clock = new MovableClock(Date.now());
  await using kernel = testKernel(clock);
  const { content, tenant, get } = await opened(kernel);
  const { url } = content.agentPackage.manifestFor(tenant.id)!;
  const letter = url.at(40) === "A" ? "B" : "A";
  assert.equal((await get(`${url.slice(0, 40)}${letter}${url.slice(41)}`)).status, 404);
  assert.equal((await get(url.replace(/[^/]+$/, "other.tar.gz"))).status, 404);
  const stranger = await kernel.store.write(systemScope(PLATFORM, "test"), (tx) => addTenant(tx, "Vineyard"));
  assert.equal((await get(content.agentPackage.manifestFor(stranger.id)!.url)).status, 404);
  clock.advance(8 * 86_400_000);
  assert.equal((await get(url)).status, 404);
});

test("a blob that was changed on disk is not served", async () => {
  await using kernel = testKernel();
  const { content, tenant, get, dir } = await opened(kernel);
  const { url } = content.agentPackage.manifestFor(tenant.id)!;
  const hash = createHash("sha256")
    .update(await bytesOf(await get(url)))
    .digest("hex");
  appendFileSync(path.join(dir, hash.slice(0, 2), hash), "more");
  const fresh = new DiskBlobs(dir);
  assert.equal(await fresh.verify(hash), false);
  await assert.rejects(fresh.read(hash, 0, 10)[Symbol.asyncIterator]().next(), /damaged/);
  assert.equal(await fresh.verify("0".repeat(64)), false);
  await assert.rejects(fresh.read("../../etc/passwd", 0, 10)[Symbol.asyncIterator]().next());
});

test("pieces of ten MiB have hashes of their own", async () => {
  await using kernel = testKernel();
  const blobs = new DiskBlobs(path.join(kernel.dir, "blobs"));
  const chunk = 10 * 1_048_576;
  const bytes = Buffer.alloc(chunk + 5, 7);
  const summary = await blobs.put(
    (async function* () {
      yield bytes.subarray(0, 3_000_001);
      yield bytes.subarray(3_000_001);
    })(),
  );
  const sha256 = (part: Uint8Array) => createHash("sha256").update(part).digest("hex");
  assert.deepEqual(summary, {
    hash: sha256(bytes),
    size: bytes.length,
    chunks: [sha256(bytes.subarray(0, chunk)), sha256(bytes.subarray(chunk))],
  });
});

test("ranges are read as RFC 9110 says, and what is not one range of bytes means the whole", () => {
  assert.deepEqual(byteRange("bytes=0-0", 10), { start: 0, end: 1 });
  assert.deepEqual(byteRange("bytes=5-", 10), { start: 5, end: 10 });
  assert.deepEqual(byteRange("bytes=-3", 10), { start: 7, end: 10 });
  assert.deepEqual(byteRange("bytes=-30", 10), { start: 0, end: 10 });
  assert.deepEqual(byteRange("bytes=2-99", 10), { start: 2, end: 10 });
  for (const unsatisfiable of ["bytes=10-", "bytes=99-100", "bytes=-0"]) {
    assert.equal(byteRange(unsatisfiable, 10), "unsatisfiable", unsatisfiable);
  }
  for (const whole of [undefined, "bytes=-", "bytes=3-1", "bytes=0-1,3-4", "lines=1-2", "bytes=a-b"]) {
    assert.equal(byteRange(whole, 10), undefined, whole);
  }
});

test("a grant opens with the key that signed it, and with no other", () => {
  const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const grant = { tenantId: "018f0000-0000-7000-8000-000000000000" as never, hash: "a".repeat(64), expires: 1000 };
  const link = signGrant(key, grant);
  assert.deepEqual(readGrant(key, link, 999), grant);
  assert.equal(readGrant(other, link, 999), undefined);
  assert.equal(readGrant(key, link, 1000), undefined);
  assert.equal(readGrant(key, `${link}.x`, 999), undefined);
  assert.equal(readGrant(key, "", 999), undefined);
});
