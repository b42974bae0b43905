import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { encodePem, issueCertificate, parseCertificate } from "@pomona/pki";
import { generateKeyPair, privateKeyToPem } from "@pomona/pki/node";
import { buildBinaryPlist, buildXmlPlist, type PlistValue } from "@pomona/plist";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { enrolledMac, invitedMac } from "./testing/enroll-mac.ts";
import { type Identity, mdmSignature, type TestMac } from "./testing/test-mac.ts";

let rig: DeviceRig;
let mac: TestMac;
let dir: string;
before(async () => {
  rig = await deviceRig({ trustedProxy: { addresses: ["127.0.0.2"], header: "client-cert" } });
  mac = await enrolledMac(rig, await rig.newTenant("Acme"));
  dir = mkdtempSync(path.join(tmpdir(), "pomona-door-"));
});
after(async () => {
  rmSync(dir, { recursive: true });
  await rig[Symbol.asyncDispose]();
});

const idle = (udid = mac.udid) => Buffer.from(buildXmlPlist({ Status: "Idle", UDID: udid }));
async function post(body: Uint8Array, headers: Record<string, string>, url = "/mdm", method = "PUT"): Promise<number> {
  return (await fetch(rig.plainUrl + url, { method, headers, body: Buffer.from(body) })).status;
}
const signed = (body: Uint8Array, identity: Identity = mac.identity!) => ({
  "mdm-signature": mdmSignature(identity, body),
});

/** `openssl cms -sign` with the Mac's identity: a signer that shares no code with us. */
function opensslSignature(body: Uint8Array, ...options: readonly string[]): string {
  return signatureOf(mac, body, ...options);
}
function signatureOf(by: TestMac, body: Uint8Array, ...options: readonly string[]): string {
  const file = (name: string) => path.join(dir, name);
  writeFileSync(file("body"), body);
  writeFileSync(file("cert.pem"), encodePem("CERTIFICATE", by.identity!.certificate.raw));
  writeFileSync(file("key.pem"), privateKeyToPem(by.identity!.key), { mode: 0o600 });
  const inputs = ["-in", file("body"), "-signer", file("cert.pem"), "-inkey", file("key.pem")];
  const der = execFileSync("openssl", ["cms", "-sign", "-binary", "-outform", "DER", ...inputs, ...options]);
  return der.toString("base64");
}

function overTls(body: Uint8Array, client: { cert?: string; key?: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      { host: "localhost", port: rig.tlsPort, path: "/mdm", method: "PUT", ca: rig.tls.ca, agent: false, ...client },
      (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

test("case 1: PUT and POST are both accepted on both URLs, other methods are not", async () => {
  // fault: POST is refused
  for (const method of ["PUT", "POST"]) {
    for (const url of ["/mdm", "/checkin"])
      assert.equal(await post(idle(), signed(idle()), url, method), 200, `${method} ${url}`);
  }
  assert.equal(await post(idle(), signed(idle()), "/mdm", "PATCH"), 405);
});

test("case 2: a poll may come with any Content-Type or none", async () => {
  for (const type of ["application/x-apple-aspen-mdm; charset=UTF-8", "nonsense", "text/plain", ""]) {
    assert.equal(await post(idle(), { ...signed(idle()), "content-type": type }), 200, type);
  }
});

test("case 3: check-ins have a URL of their own, and are taken on the command URL too", async () => {
  // fault: check-ins are not taken on the command URL
  const body = buildXmlPlist({ MessageType: "GetBootstrapToken", UDID: mac.udid });
  const headers = { ...signed(body), "content-type": "application/x-apple-aspen-mdm-checkin" };
  for (const url of ["/checkin", "/mdm"]) assert.equal(await post(body, headers, url), 200, url);
});

test("case 4: a missing or unreadable signature is 400, never 401", async () => {
  // fault: a missing signature is answered 401
  assert.equal(await post(idle(), {}), 400);
  for (const header of ["", "%%%", "AAAA", Buffer.from("not cms").toString("base64")]) {
    assert.equal(await post(idle(), { "mdm-signature": header }), 400, header);
  }
});

test("case 5: openssl's signature is accepted detached and with the content inside", async () => {
  assert.equal(await post(idle(), { "mdm-signature": opensslSignature(idle()) }), 200);
  assert.equal(await post(idle(), { "mdm-signature": opensslSignature(idle(), "-nodetach") }), 200);
});

test("case 5: embedded content that is not the body is refused", async () => {
  // fault: embedded content is verified in the place of the body
  const other = idle("SOMEONE-ELSE");
  assert.equal(await post(idle(), { "mdm-signature": opensslSignature(other, "-nodetach") }), 400);
});

test("case 6: a signature lifted from another request is refused", async () => {
  // fault: the digest of the body is not compared
  const other = Buffer.from(buildXmlPlist({ Status: "Idle", UDID: mac.udid, NotOnConsole: true }));
  assert.equal(await post(idle(), signed(other)), 400);
});

test("case 7: a certificate of a foreign authority is refused, though its signature is right", async () => {
  const key = generateKeyPair("ec-p256");
  const crypto = rig.authority.crypto;
  const now = Date.now();
  const der = issueCertificate(crypto, {
    issuer: { certificate: "self", key },
    subject: { CN: "foreign" },
    spki: crypto.publicKeyOf(key),
    notBefore: now - 1000,
    notAfter: now + 1e9,
  });
  assert.equal(await post(idle(), signed(idle(), { certificate: parseCertificate(der), key })), 403);
});

test("case 7: two signers are refused", async () => {
  // fault: of several signers the first counts
  const [cert, key] = [path.join(dir, "second.pem"), path.join(dir, "second-key.pem")];
  const self = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-subj",
    "/CN=second",
  ];
  execFileSync("openssl", [...self, "-keyout", key, "-out", cert], { stdio: "ignore" });
  assert.equal(await post(idle(), { "mdm-signature": opensslSignature(idle(), "-signer", cert, "-inkey", key) }), 400);
});

test("case 8: SHA-1, SHA-256 and SHA-512 digests are accepted", async () => {
  // fault: SHA-512 is not known
  for (const digest of ["sha1", "sha256", "sha512"]) {
    assert.equal(await post(idle(), { "mdm-signature": opensslSignature(idle(), "-md", digest) }), 200, digest);
  }
});

test("case 8: ECDSA signers are accepted as well, with the same digests, detached and embedded", async () => {
  // fault: a signature by ECDSA is not known
  const tenant = await rig.newTenant("Curves");
  const other = await invitedMac(rig, tenant);
  const known = await rig.authority.identify(other.identity!.certificate.raw, rig.clock.now());
  assert.ok(known.status === "valid" && known.certificate.enrollmentId !== null);
  for (const type of ["ec-p256", "ec-p384"] as const) {
    const key = generateKeyPair(type);
    const spki = rig.authority.crypto.publicKeyOf(key);
    const holder = { enrollmentId: known.certificate.enrollmentId };
    const now = rig.clock.now();
    const issued = await rig.authority.issueCertificate({ tenantId: tenant, role: "mdm", holder, spki, now });
    other.identity = { certificate: parseCertificate(issued.der), key };
    assert.equal((await other.authenticate()).status, 200);
    const body = Buffer.from(buildXmlPlist({ Status: "Idle", UDID: other.udid }));
    for (const digest of ["sha1", "sha256", "sha512"])
      for (const form of [[], ["-nodetach"]]) {
        const signature = signatureOf(other, body, "-md", digest, ...form);
        assert.equal(await post(body, { "mdm-signature": signature }), 200, `${type} ${digest} ${form.join()}`);
      }
  }
});

test("case 9: deep, endless and huge bodies get a bounded answer", async () => {
  // fault: property lists may nest 512 deep
  // fault: bodies may be 64 MiB
  const deep = Buffer.from(`<plist>${"<array>".repeat(5000)}${"</array>".repeat(5000)}</plist>`);
  assert.equal(await post(deep, signed(deep)), 400);
  const nested = (levels: number): PlistValue => (levels === 0 ? "" : [nested(levels - 1)]);
  for (const [levels, status] of [
    [14, 200],
    [16, 400],
  ] as const) {
    const body = Buffer.from(buildXmlPlist({ Status: "Idle", UDID: mac.udid, Nested: nested(levels) }));
    assert.equal(await post(body, signed(body)), status, `${levels} levels in a dictionary`);
  }
  const bomb = Buffer.concat(Array.from({ length: 200 }, () => Buffer.from([0x30, 0x80])));
  assert.equal(await post(idle(), { "mdm-signature": bomb.toString("base64") }), 400);
  const entity = Buffer.from(
    '<!DOCTYPE plist [<!ENTITY a "x">]><plist><dict><key>Status</key><string>&a;</string></dict></plist>',
  );
  assert.equal(await post(entity, signed(entity)), 400);
  assert.equal(await post(Buffer.alloc(8 * 1024 * 1024 + 1), { "mdm-signature": "AAAA" }), 413);
});

test("case 9: headers beyond 16 KiB are answered 431", async () => {
  // fault: headers may be 64 KiB
  assert.equal(await post(idle(), { "mdm-signature": "A".repeat(20_000) }), 431);
});

test("case 10: a certificate header counts only from the trusted proxy", async () => {
  // fault: the proxy's header counts from every peer
  const header = `:${Buffer.from(mac.identity!.certificate.raw).toString("base64")}:`;
  assert.equal(await post(idle(), { "client-cert": header }), 400);
  const fromProxy = await new Promise<number>((resolve, reject) => {
    const { port } = new URL(rig.plainUrl);
    const options = { host: "127.0.0.1", port, localAddress: "127.0.0.2", path: "/mdm", method: "PUT", agent: false };
    const request = httpRequest({ ...options, headers: { "client-cert": header } }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    request.on("error", reject);
    request.end(idle());
  });
  assert.equal(fromProxy, 200);
});

test("case 10: a client certificate over TLS is an identity", async () => {
  // fault: TLS does not ask for a client certificate
  const cert = encodePem("CERTIFICATE", mac.identity!.certificate.raw);
  assert.equal(await overTls(idle(), { cert, key: privateKeyToPem(mac.identity!.key) }), 200);
  assert.equal(await overTls(idle(), {}), 400);
});

test("case 11: binary plists are read, and entities and wrapped base64 in XML ones", async () => {
  // fault: entities are left as they are
  const binary = buildBinaryPlist({ Status: "Idle", UDID: mac.udid });
  assert.equal(await post(binary, signed(binary)), 200);
  const xml = Buffer.from(
    `<?xml version="1.0"?><plist version="1.0"><dict><key>Status</key><string>&#73;dle</string><key>UDID</key><string>${mac.udid}</string><key>N</key><string>Ann&#39;s</string><key>D</key><data>\n\tAQ\n\tID\n</data></dict></plist>`,
  );
  assert.equal(await post(xml, signed(xml)), 200);
});

test("case 12: what cannot be read is 400, and kept with its bytes", async () => {
  const before = (await rig.kernel.store.readAfter(0, { types: ["message.quarantined"], limit: 1000 })).length;
  const bodies = [
    Buffer.from("not a plist"),
    Buffer.from(buildXmlPlist({ UDID: mac.udid })),
    Buffer.from(buildXmlPlist({ Status: "Idle" })),
  ];
  for (const body of bodies) assert.equal(await post(body, signed(body)), 400);
  const unknown = buildXmlPlist({ MessageType: "ReturnToService", UDID: mac.udid });
  assert.equal(
    await post(unknown, { ...signed(unknown), "content-type": "application/x-apple-aspen-mdm-checkin" }),
    400,
  );
  const kept = await rig.kernel.store.readAfter(0, { types: ["message.quarantined"], limit: 1000 });
  assert.equal(kept.length - before, 4);
});

test("a path that nobody has is 404, and a door without TLS refuses to open beyond loopback", async () => {
  assert.equal(await post(idle(), {}, "/nowhere"), 404);
  const { openDeviceDoor } = await import("./device-door.ts");
  const options = { host: "0.0.0.0", port: 0, isPlain: true, routes: [], kernel: rig.kernel, tls: rig.tls };
  await assert.rejects(openDeviceDoor(options as unknown as Parameters<typeof openDeviceDoor>[0]), /loopback/);
});
