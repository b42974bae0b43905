import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { connect } from "node:tls";
import { promisify } from "node:util";
import { encodePem } from "@pomona/pki";
import { privateKeyToPem } from "@pomona/pki/node";
import { buildXmlPlist } from "@pomona/plist";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { enrolledMac, invitedMac } from "./testing/enroll-mac.ts";
import type { TestMac } from "./testing/test-mac.ts";

/** Everything here goes over the TLS door with curl and openssl, which share no code with us. */
let rig: DeviceRig;
let mac: TestMac;
let dir: string;
let files = 0;
before(async () => {
  rig = await deviceRig();
  mac = await enrolledMac(rig, await rig.newTenant("Acme"));
  dir = mkdtempSync(path.join(tmpdir(), "pomona-bad-"));
  writeFileSync(path.join(dir, "ca.pem"), rig.tls.ca);
});
after(async () => {
  rmSync(dir, { recursive: true });
  await rig[Symbol.asyncDispose]();
});

function file(content: string | Uint8Array): string {
  const name = path.join(dir, `file-${(files += 1)}`);
  writeFileSync(name, content);
  return name;
}

/** @returns the status that curl saw; 0 when the server ended the connection without an answer */
async function curl(where: string, ...options: readonly string[]): Promise<number> {
  const base = `https://localhost:${rig.tlsPort}`;
  const args = ["-s", "--path-as-is", "-o", "/dev/null", "-w", "%{http_code}", "-m", "20"];
  const child = promisify(execFile)("curl", [...args, "--cacert", path.join(dir, "ca.pem"), ...options, base + where]);
  const { stdout } = await child.catch((error: { stdout: string }) => error);
  return Number(stdout);
}

const put = (where: string, body: Uint8Array, ...options: readonly string[]) =>
  curl(where, "-X", "PUT", "--data-binary", `@${file(body)}`, ...options);

/** A signature by openssl; `-nosmimecap` keeps it as small as Apple's. */
function signature(body: Uint8Array, certificate: string, key: string): string {
  const inputs = ["-in", file(body), "-signer", file(certificate), "-inkey", file(key), "-nosmimecap"];
  return execFileSync("openssl", ["cms", "-sign", "-binary", "-outform", "DER", ...inputs]).toString("base64");
}
const pemOf = ({ identity }: TestMac) =>
  [encodePem("CERTIFICATE", identity!.certificate.raw), privateKeyToPem(identity!.key)] as const;

/** PUTs a body that the Mac signed. */
async function signedPut(body: Uint8Array, from = mac, where = "/mdm"): Promise<number> {
  const header = `Mdm-Signature: ${signature(body, ...pemOf(from))}`;
  const type = where === "/checkin" ? "application/x-apple-aspen-mdm-checkin" : "application/x-apple-aspen-mdm";
  return put(where, body, "-H", header, "-H", `Content-Type: ${type}`);
}

const idle = (udid = mac.udid) => Buffer.from(buildXmlPlist({ Status: "Idle", UDID: udid }));
const xml = (inner: string) => Buffer.from(`<?xml version="1.0"?><plist version="1.0">${inner}</plist>`);
const quarantined = async () =>
  (await rig.kernel.store.readAfter(0, { types: ["message.quarantined"], limit: 1000 })).length;

/** A binary plist whose only array holds itself (objects: array 0 -> 0). */
const CYCLIC = Buffer.concat([
  Buffer.from("bplist00"),
  Buffer.from([0xa1, 0x00, 0x08]),
  Buffer.from([0, 0, 0, 0, 0, 0, 1, 1]),
  Buffer.from([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10]),
]);

test("plists that are unparseable, cyclic, deep, wide, unknown or poisoned are 400 and kept, and the Mac goes on", async () => {
  const before = await quarantined();
  const bodies: Readonly<Record<string, Uint8Array>> = {
    "no plist": Buffer.from("not a plist"),
    empty: Buffer.alloc(0),
    cyclic: CYCLIC,
    "cut off": idle().subarray(0, 60),
    "deep XML": xml("<array>".repeat(100_000)),
    "entity bomb": Buffer.from(
      '<!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><plist><string>&b;</string></plist>',
    ),
    "external entity": Buffer.from(
      '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><plist><dict><key>Status</key><string>&x;</string></dict></plist>',
    ),
    "an array": xml("<array/>"),
    "no identifier": xml("<dict><key>Status</key><string>Idle</string></dict>"),
    "identifier of another type": xml(
      "<dict><key>Status</key><string>Idle</string><key>UDID</key><integer>1</integer></dict>",
    ),
    "unknown status": Buffer.from(buildXmlPlist({ Status: "Whatever", UDID: mac.udid })),
    "prototype as a key": xml(
      `<dict><key>__proto__</key><dict><key>Status</key><string>Idle</string><key>UDID</key><string>${mac.udid}</string></dict></dict>`,
    ),
  };
  for (const [name, body] of Object.entries(bodies)) assert.equal(await signedPut(body), 400, name);
  assert.equal((await quarantined()) - before, Object.keys(bodies).length);
  assert.equal(({} as Record<string, unknown>)["Status"], undefined);
  assert.equal(await signedPut(idle()), 200);
});

test("a huge plist that is well formed gets an answer, and one byte too many is 413", async () => {
  const wide = xml(`<dict><key>Status</key><string>Idle</string>${"<key>k</key><true/>".repeat(300_000)}</dict>`);
  assert.equal(await signedPut(wide), 400);
  for (const options of [[], ["-H", "Transfer-Encoding: chunked"], ["-H", "Expect:"]]) {
    for (const bytes of [8 * 1024 * 1024 + 1, 30_000_000])
      assert.equal(await put("/mdm", Buffer.alloc(bytes), "-H", "Mdm-Signature: AAAA", ...options), 413);
  }
});

test("signatures that are missing, foreign, expired or of another message are 400 or 403 and change nothing", async () => {
  const [certificate, key] = pemOf(mac);
  const foreign = path.join(dir, "foreign.pem");
  const foreignKey = path.join(dir, "foreign-key.pem");
  const self = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", `/CN=${mac.udid}`, "-keyout", foreignKey];
  execFileSync("openssl", [...self, "-out", foreign], { stdio: "ignore" });
  const read = (name: string) => execFileSync("cat", [name]).toString("utf8");
  const checkOut = Buffer.from(buildXmlPlist({ MessageType: "CheckOut", UDID: mac.udid }));
  const type = ["-H", "Content-Type: application/x-apple-aspen-mdm-checkin"];
  const send = (header: string | undefined) =>
    put("/checkin", checkOut, ...type, ...(header === undefined ? [] : ["-H", `Mdm-Signature: ${header}`]));
  assert.equal(await send(undefined), 400);
  assert.equal(await send("!!!"), 400);
  assert.equal(await send(signature(idle(), certificate, key)), 400);
  assert.equal(await send(signature(checkOut, read(foreign), read(foreignKey))), 403);
  const bent = Buffer.from(signature(checkOut, certificate, key), "base64");
  bent[bent.length - 1] = bent.at(-1)! ^ 1;
  assert.equal(await send(bent.toString("base64")), 400, "one bit of the signature changed");
  assert.equal(await signedPut(idle()), 200, "the Mac is still enrolled");
});

test("an expired identity is refused with 403, and never told that it is unenrolled", async () => {
  const own = await deviceRig();
  const old = await enrolledMac(own, await own.newTenant("Old"));
  own.clock.advance(3 * 365 * 86_400_000);
  const token = Buffer.from(buildXmlPlist({ MessageType: "GetBootstrapToken", UDID: old.udid }));
  const answer = await fetch(`${own.plainUrl}/checkin`, {
    method: "PUT",
    headers: {
      "content-type": "application/x-apple-aspen-mdm-checkin",
      "mdm-signature": signature(token, ...pemOf(old)),
    },
    body: token,
  });
  assert.equal(answer.status, 403);
  await own[Symbol.asyncDispose]();
});

test("another device's certificate, by signature and by TLS, is 403 and changes nothing", async () => {
  const other = await enrolledMac(rig, await rig.newTenant("Other"));
  const wipe = Buffer.from(buildXmlPlist({ MessageType: "CheckOut", UDID: mac.udid }));
  assert.equal(await signedPut(wipe, other, "/checkin"), 403);
  const [certificate, key] = pemOf(other);
  const client = ["--cert", file(certificate), "--key", file(key)];
  const type = ["-H", "Content-Type: application/x-apple-aspen-mdm-checkin"];
  assert.equal(await put("/checkin", wipe, ...client, ...type), 403);
  assert.equal(await put("/mdm", idle(), ...client), 403);
  assert.equal(await put("/mdm", idle(other.udid), ...client), 200);
  assert.equal(await signedPut(idle()), 200);
});

test("a TokenUpdate before Authenticate is 403, and the Mac may still enroll properly", async () => {
  const early = await invitedMac(rig, await rig.newTenant("Early"));
  const update = { MessageType: "TokenUpdate", UDID: early.udid, Topic: early.topic, PushMagic: "m" };
  const body = Buffer.from(buildXmlPlist({ ...update, Token: Buffer.from("t") }));
  assert.equal(await signedPut(body, early, "/checkin"), 403);
  assert.equal((await early.authenticate()).status, 200);
  assert.equal((await early.tokenUpdate()).status, 200);
});

test("a sweep of nonsense gets bounded answers, none of them 401, and the door stays open", async () => {
  const methods = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "BREW"];
  const paths = [
    "/mdm",
    "/checkin",
    "/",
    "//mdm",
    "/mdm/",
    "/MDM",
    "/mdm/../checkin",
    "/content/../../../../etc/passwd",
    "/content/%2e%2e%2f%2e%2e%2fetc%2fpasswd/pomona-agent.tar.gz",
    "/content/%00/pomona-agent.tar.gz",
    "/content/__proto__/manifest.plist",
    "/content/constructor/pomona-agent.tar.gz",
    "/scep/../mdm",
    "/scep/__proto__?operation=GetCACert",
    "/scep/01900000-0000-7000-8000-000000000000?operation=PKIOperation&message=%%%",
    "/agent/v1/enroll",
    "/agent/v1/poll",
    "/%ff%fe",
    "/a%0d%0aSet-Cookie:%20x=1",
    `/${"a".repeat(8_000)}`,
    "/mdm?a=1&__proto__=2",
    "/.env",
    "/api/v1/devices",
  ];
  const headers = [
    ["-H", "Content-Type: application/json"],
    ["-H", "Content-Type: \u0001\u0002"],
    ["-H", "Mdm-Signature: ${jndi:ldap://x}"],
    ["-H", "Authorization: Bearer x"],
    ["-H", "Content-Length: 99999999999"],
    ["-H", "Content-Length: -1"],
    ["-H", "Transfer-Encoding: gzip, chunked"],
    ["-H", "Expect: something"],
    ["-H", "Upgrade: websocket", "-H", "Connection: Upgrade"],
    ["-H", "Host: evil.example"],
    ["--http1.0"],
    ["-H", `X-Long: ${"a".repeat(20_000)}`],
  ];
  const statuses = new Set<number>();
  const check = async (what: string, answered: Promise<number>) => {
    const status = await answered;
    statuses.add(status);
    assert.ok(status === 0 || (status >= 400 && status < 500 && status !== 401), `${what} got ${status}`);
  };
  for (const method of methods)
    for (const where of ["/mdm", "/checkin"])
      await check(`${method} ${where}`, curl(where, ...(method === "HEAD" ? ["-I"] : ["-X", method])));
  for (const where of paths)
    for (const method of ["GET", "POST"]) await check(`${method} ${where}`, curl(where, "-X", method, "-d", "{"));
  for (const options of headers) await check(options.join(" ").slice(0, 60), put("/mdm", Buffer.from("x"), ...options));
  assert.ok(statuses.has(431) && statuses.has(404) && statuses.has(405), [...statuses].join());
  assert.equal(await signedPut(idle()), 200);
});

test("bytes that are no HTTP, and bodies that never end, keep nobody else waiting and get no 401", async () => {
  const raw = async (bytes: string) => {
    const socket = connect({ port: rig.tlsPort, host: "localhost", ca: rig.tls.ca });
    await once(socket, "secureConnect");
    let answer = "";
    socket.setEncoding("latin1").on("data", (part: string) => (answer += part));
    socket.on("error", () => {});
    socket.write(bytes);
    return { socket, text: () => answer };
  };
  const stalled = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      raw(
        `PUT /mdm HTTP/1.1\r\nHost: x\r\nContent-Length: ${i % 2 === 0 ? 5_000_000 : 10}\r\nMdm-Signature: A\r\n\r\n<p`,
      ),
    ),
  );
  const nonsense = ["\u0000\u0001\u0002\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "PUT /mdm HTTP/1.1\r\nA b\r\n\r\n"];
  for (const bytes of [
    ...nonsense,
    "PUT /mdm HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
  ]) {
    const { socket, text } = await raw(bytes);
    if (!socket.closed) await once(socket, "close");
    assert.match(text(), /^(HTTP\/1\.1 4(?!01)\d\d|$)/);
  }
  assert.equal(await signedPut(idle()), 200);
  for (const { socket, text } of stalled) {
    assert.equal(text(), "");
    socket.destroy();
  }
});
