import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { promisify } from "node:util";
import type { IssuedIdentity, OutputOf, showAuthority } from "@pomona/contract";
import type { TenantId } from "@pomona/facts";
import { encodePem } from "@pomona/pki";
import { privateKeyToPem } from "@pomona/pki/node";
import { buildXmlPlist } from "@pomona/plist";
import { insertDevice } from "../../features/devices/devices.sql.ts";
import { readDeviceBySerial } from "../../features/devices/index.ts";
import { certificateHash } from "../../features/tenants/index.ts";
import { newId } from "../../kernel/clock.ts";
import { systemScope } from "../../kernel/scope.ts";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { enrolledMac } from "./testing/enroll-mac.ts";
import type { TestMac } from "./testing/test-mac.ts";

const run = promisify(execFile);
let rig: DeviceRig;
let tenant: TenantId;
let dir: string;
before(async () => {
  rig = await deviceRig();
  tenant = await rig.newTenant("Acme");
  dir = mkdtempSync(path.join(tmpdir(), "pomona-revocation-"));
  const { certificate } = await rig.authority.intermediate(tenant);
  file("issuer.pem", encodePem("CERTIFICATE", certificate.raw));
  file("chain.pem", rig.authority.rootPem + encodePem("CERTIFICATE", certificate.raw));
  file("root.pem", rig.authority.rootPem);
});
after(async () => {
  rmSync(dir, { recursive: true });
  await rig[Symbol.asyncDispose]();
});

const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(path.join(dir, name), content);
  return name;
};
const certificateOf = (mac: TestMac): string => {
  const pem = encodePem("CERTIFICATE", mac.identity!.certificate.raw);
  return file(`${mac.serialNumber}.pem`, pem);
};
const hashOf = (mac: TestMac): string => certificateHash(mac.identity!.certificate.raw);
const revoke = (mac: TestMac, reason = "keyCompromise") =>
  rig.act(tenant, "revocation.revoke-certificate", { hash: hashOf(mac), reason, comment: "stolen" });
const fetched = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());
/** openssl as a client of the responder: it makes the request, and verifies signature, delegation and nonce of the answer. */
const ocsp = async (mac: TestMac, ...more: string[]): Promise<string> => {
  const url = `${rig.plainUrl}/pki/${tenant}/ocsp`;
  const args = [
    "ocsp",
    "-issuer",
    "issuer.pem",
    ...more,
    "-cert",
    certificateOf(mac),
    "-url",
    url,
    "-CAfile",
    "chain.pem",
  ];
  const { stdout, stderr } = await run("openssl", args, { cwd: dir, timeout: 60_000 });
  return stdout + stderr;
};
const verify = async (mac: TestMac): Promise<string> => {
  const der = await fetched(`${rig.plainUrl}/pki/${tenant}/crl`);
  const list = execFileSync("openssl", ["crl", "-inform", "DER"], { input: der, cwd: dir });
  const root = await fetched(`${rig.plainUrl}/pki/root/crl`);
  file(
    "lists.pem",
    Buffer.concat([list, execFileSync("openssl", ["crl", "-inform", "DER"], { input: root, cwd: dir })]),
  );
  const args = ["verify", "-crl_check_all", "-CAfile", "root.pem", "-untrusted", "issuer.pem", "-CRLfile", "lists.pem"];
  return (await run("openssl", [...args, certificateOf(mac)], { cwd: dir, timeout: 60_000 })).stdout;
};

test("a certificate names list, responder and issuer, and what they give is what openssl expects", async () => {
  const mac = await enrolledMac(rig, tenant);
  const said = execFileSync("openssl", ["x509", "-in", certificateOf(mac), "-noout", "-text"], {
    cwd: dir,
    encoding: "utf8",
  });
  for (const what of ["crl", "ocsp", "ca"]) assert.ok(said.includes(`URI:${rig.plainUrl}/pki/${tenant}/${what}`), what);
  const issuer = await fetched(`${rig.plainUrl}/pki/${tenant}/ca`);
  assert.deepEqual(issuer, Buffer.from((await rig.authority.intermediate(tenant)).certificate.raw));
  const answer = await fetch(`${rig.plainUrl}/pki/${tenant}/crl`);
  assert.equal(answer.headers.get("content-type"), "application/pkix-crl");
  assert.match(await verify(mac), /OK/);
});

test("openssl asks the responder, with SHA-1 and SHA-256, by POST, and believes the answer: good, then revoked", async () => {
  const mac = await enrolledMac(rig, tenant);
  assert.match(await ocsp(mac), /Response verify OK[^]*good|good[^]*Response verify OK/);
  assert.match(await ocsp(mac, "-sha256"), /: good/);
  await revoke(mac);
  assert.match(await ocsp(mac), /: revoked[^]*keyCompromise/);
  await assert.rejects(verify(mac), /certificate revoked/);
});

test("a responder is asked by GET too, with the slashes of its base64 escaped or not", async () => {
  const mac = await enrolledMac(rig, tenant);
  const args = ["ocsp", "-issuer", "issuer.pem", "-no_nonce", "-cert", certificateOf(mac), "-reqout", "request.der"];
  await run("openssl", args, { cwd: dir });
  const base64 = execFileSync("base64", ["-w0", "request.der"], { cwd: dir, encoding: "utf8" });
  for (const written of [encodeURIComponent(base64), base64]) {
    const answer = await fetch(`${rig.plainUrl}/pki/${tenant}/ocsp/${written}`);
    assert.equal(answer.headers.get("content-type"), "application/ocsp-response");
    assert.match(answer.headers.get("cache-control") ?? "", /max-age/);
    file("response.der", Buffer.from(await answer.arrayBuffer()));
    const check = ["ocsp", "-respin", "response.der", "-issuer", "issuer.pem", "-CAfile", "chain.pem", "-cert"];
    assert.match((await run("openssl", [...check, certificateOf(mac)], { cwd: dir })).stdout, /: good/);
  }
});

test("nonsense to the responder is a malformed request, and what another authority issued is unknown", async () => {
  const url = `${rig.plainUrl}/pki/${tenant}/ocsp`;
  for (const answer of [await fetch(url, { method: "POST", body: "x" }), await fetch(`${url}/***`)]) {
    assert.equal(answer.status, 200);
    assert.equal(Buffer.from(await answer.arrayBuffer()).toString("hex"), "30030a0101");
  }
  const other = await rig.newTenant("Other");
  const stranger = await enrolledMac(rig, other);
  const issuer = (await rig.authority.intermediate(other)).certificate.raw;
  file("other.pem", encodePem("CERTIFICATE", issuer));
  // Its signer is none of that authority, so openssl may not look at that here.
  const args = ["ocsp", "-issuer", "other.pem", "-cert", certificateOf(stranger), "-url", url, "-noverify"];
  const { stdout } = await run("openssl", args, { cwd: dir });
  assert.match(stdout, /: unknown/);
  assert.equal((await fetch(`${rig.plainUrl}/pki/nobody/crl`)).status, 404);
  assert.equal((await fetch(`${rig.plainUrl}/pki/root/ocsp`, { method: "POST", body: "x" })).status, 404);
  assert.equal((await fetch(url, { method: "POST", body: Buffer.alloc(20_000) })).status, 413);
});

test("a revoked certificate is refused at once: with a signature, on a TLS connection that stands, and in a resumed session", async () => {
  const mac = await enrolledMac(rig, tenant);
  const { certificate, key } = mac.identity!;
  const body = Buffer.from(buildXmlPlist({ Status: "Idle", UDID: mac.udid }));
  const head = `PUT /mdm HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-apple-aspen-mdm\r\nContent-Length: ${body.length}\r\n\r\n`;
  const options = {
    host: "127.0.0.1",
    port: rig.tlsPort,
    ca: rig.tls.ca,
    servername: "localhost",
    cert: encodePem("CERTIFICATE", certificate.raw),
    key: privateKeyToPem(key),
  };
  const ask = async (socket: TLSSocket): Promise<string> => {
    socket.write(head);
    socket.write(body);
    const [chunk] = (await once(socket, "data")) as [Buffer];
    return chunk.toString("latin1").split("\r\n")[0]!;
  };
  const standing = connect(options);
  let session: Buffer | undefined;
  standing.on("session", (ticket: Buffer) => (session = ticket));
  await once(standing, "secureConnect");
  assert.match(await ask(standing), / 200 /);
  assert.ok(session !== undefined);
  await revoke(mac);
  assert.match(await ask(standing), / 403 /);
  standing.destroy();
  const resumed = connect({ ...options, session });
  await once(resumed, "secureConnect");
  assert.match(await ask(resumed), / 403 /);
  resumed.destroy();
  assert.equal((await mac.poll()).status, 403);
});

test("who was revoked, when, why and by whom is told; a second revocation changes nothing", async () => {
  const mac = await enrolledMac(rig, tenant);
  const device = await rig.kernel.store.read(systemScope(tenant, "test"), (tx) =>
    readDeviceBySerial(tx, mac.serialNumber),
  );
  const list = (name: string, input: object) =>
    rig.act(tenant, name, { ...input }) as Promise<{ items: readonly IssuedIdentity[] }>;
  const [before_] = (await list("revocation.list-identities", { deviceId: device!.id })).items;
  assert.deepEqual([before_!.hash, before_!.role, before_!.revokedAt], [hashOf(mac), "mdm", null]);
  const first = (await revoke(mac, "cessationOfOperation")) as IssuedIdentity;
  assert.deepEqual(
    [first.reason, first.deviceId, first.deviceName],
    ["cessationOfOperation", device!.id, device!.name],
  );
  rig.clock.advance(1000);
  assert.equal(((await revoke(mac)) as IssuedIdentity).revokedAt, first.revokedAt);
  const { items } = await list("revocation.list-revocations", {});
  assert.equal(items.find(({ hash }) => hash === hashOf(mac))?.reason, "cessationOfOperation");
  const facts = await rig.kernel.store.readAfter(0, { tenantId: tenant, types: ["certificate.revoked"], limit: 100 });
  const own = facts.filter(({ deviceId }) => deviceId === device!.id);
  assert.deepEqual(
    own.map(({ data }) => data),
    [{ certificate: hashOf(mac), role: "mdm", reason: "cessationOfOperation: stolen", by: "test" }],
  );
  const other = await rig.newTenant("Third");
  await assert.rejects(
    rig.act(other, "revocation.revoke-certificate", { hash: hashOf(mac), reason: "unspecified" }),
    /no certificate/,
  );
});

test("the authority says when it ends and how it is recognised; a Mac without certificates has none, and is a Mac", async () => {
  const authority = (await rig.act(tenant, "revocation.show-authority", {})) as OutputOf<typeof showAuthority>;
  const args = ["x509", "-noout", "-fingerprint", "-sha256", "-enddate", "-dateopt", "iso_8601"];
  const sha256 = (pem: string) => execFileSync("openssl", args, { input: pem }).toString();
  const print = (hex: string) => hex.toUpperCase().match(/../g)!.join(":");
  const end = (time: string) => time.slice(0, 19).replace("T", " ");
  assert.ok(sha256(authority.certificate).includes(print(authority.fingerprint)));
  assert.ok(sha256(authority.certificate).includes(end(authority.expiresAt)));
  assert.ok(sha256(authority.root).includes(print(authority.rootFingerprint)));
  assert.ok(sha256(authority.root).includes(end(authority.rootExpiresAt)));
  const deviceId = newId<"device">(rig.clock.now());
  await assert.rejects(rig.act(tenant, "revocation.list-identities", { deviceId }), /no device/);
  await rig.kernel.store.write(systemScope(tenant, "test"), (tx) => insertDevice(tx, deviceId, { name: "Moved in" }));
  assert.deepEqual(await rig.act(tenant, "revocation.list-identities", { deviceId }), { items: [], nextCursor: null });
});

test("the list is signed anew when something is revoked or it has aged, with a number that grows, and not in between", async () => {
  const number = async () => {
    const der = await fetched(`${rig.plainUrl}/pki/${tenant}/crl`);
    const said = execFileSync("openssl", ["crl", "-inform", "DER", "-noout", "-crlnumber"], { input: der });
    return Number.parseInt(said.toString().replace(/^crlNumber=(0x)?/, ""), 16);
  };
  const mac = await enrolledMac(rig, tenant);
  const first = await number();
  assert.equal(await number(), first);
  await revoke(mac);
  const second = await number();
  assert.ok(second > first);
  rig.clock.advance(13 * 3_600_000);
  assert.ok((await number()) > second);
});
