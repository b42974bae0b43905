import assert from "node:assert/strict";
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import type { TenantId } from "@pomona/facts";
import {
  type Certificate,
  createEnvelopedData,
  createSignedData,
  encodePem,
  issueCertificate,
  parseCertificate,
} from "@pomona/pki";
import { generateKeyPair } from "@pomona/pki/node";
import { certificateHash } from "../../features/tenants/index.ts";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { enrolledMac, fetchProfile } from "./testing/enroll-mac.ts";
import { requestIdentity } from "./testing/test-mac.ts";

const run = promisify(execFile);
let rig: DeviceRig;
let tenant: TenantId;
let dir: string;
before(async () => {
  rig = await deviceRig();
  tenant = await rig.newTenant("Acme");
  dir = mkdtempSync(path.join(tmpdir(), "pomona-scep-"));
});
after(async () => {
  rmSync(dir, { recursive: true });
  await rig[Symbol.asyncDispose]();
});

const scepUrl = () => `${rig.plainUrl}/scep/${tenant}`;
const newChallenge = async () => (await fetchProfile(rig, await rig.invite(tenant))).challenge;
/** Programs of that name on this machine, and among those that the check fetched. */
function findAll(program: string, ...more: readonly string[]): readonly string[] {
  const fetched = path.join(import.meta.dirname, "../../../../../.cache/bin");
  const places = [fetched, ...more, ...(process.env["PATH"] ?? "").split(":")];
  return places.map((place) => path.join(place, program)).filter((file) => existsSync(file));
}
/** micromdm's scepclient: Debian has another program of the same name. */
const micromdmClient = (): string | undefined =>
  findAll("scepclient", path.join(process.env["HOME"] ?? "", "go/bin")).find((file) => {
    const { stdout, stderr } = spawnSync(file, ["-help"], { encoding: "utf8", timeout: 20_000 });
    return `${stdout}${stderr}`.includes("-server-url");
  });
/** GET with exactly this request line: fetch would escape it. */
const rawGet = (target: string) =>
  new Promise<{ status: number; type: string | undefined; body: Buffer }>((resolve, reject) => {
    const { port } = new URL(rig.plainUrl);
    const request = httpRequest({ host: "127.0.0.1", port, path: target, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers["content-type"],
          body: Buffer.concat(chunks),
        }),
      );
    });
    request.on("error", reject);
    request.end();
  });

test("GetCACaps and GetCACert answer with the exact types and words", async () => {
  const caps = await rawGet(`/scep/${tenant}?operation=GetCACaps`);
  assert.equal(caps.type, "text/plain");
  const lines = caps.body.toString().split("\n");
  for (const word of ["Renewal", "SHA-1", "SHA-256", "AES", "DES3", "SCEPStandard", "POSTPKIOperation"])
    assert.ok(lines.includes(word), word);
  const ca = await rawGet(`/scep/${tenant}?operation=GetCACert&message=x`);
  assert.equal(ca.type, "application/x-x509-ca-cert");
  assert.ok(parseCertificate(ca.body).isCa);
});

test("a tenant that does not exist, and an operation that does not, get an error and no authority", async () => {
  assert.equal((await rawGet("/scep/nobody?operation=GetCACert")).status, 404);
  assert.equal((await rawGet("/scep/019a0000-0000-7000-8000-000000000000?operation=GetCACert")).status, 404);
  assert.equal((await rawGet(`/scep/${tenant}?operation=Other`)).status, 400);
  assert.equal((await rawGet(`/scep/${tenant}`)).status, 400);
});

test("a challenge gives one certificate, whose names come from the server's record", async () => {
  const challenge = await newChallenge();
  const { identity } = await requestIdentity(scepUrl(), challenge);
  const { certificate } = identity!;
  assert.equal(certificate.subject.text.includes("whatever the Mac wishes"), false);
  const known = await rig.authority.identify(certificate.raw, rig.clock.now());
  assert.ok(known.status === "valid" && known.certificate.role === "mdm");
  assert.deepEqual(certificate.sanUri, [`urn:pomona:${tenant}:${known.certificate.enrollmentId}:mdm`]);
});

test("a challenge is good once, also when two come at the same time", async () => {
  const challenge = await newChallenge();
  const replies = await Promise.all([1, 2, 3].map(() => requestIdentity(scepUrl(), challenge)));
  const count = (word: string) =>
    replies.filter(({ reply }) => (reply.status === "failure" ? reply.failInfo : reply.status) === word).length;
  assert.deepEqual([count("success"), count("badRequest")], [1, 2]);
});

test("an invitation gives as many identities as it is for", async () => {
  const invitation = await rig.invite(tenant, { maxUses: 1 });
  const [first, second] = [await fetchProfile(rig, invitation), await fetchProfile(rig, invitation)];
  assert.equal((await requestIdentity(first.scepUrl, first.challenge)).reply.status, "success");
  assert.equal((await requestIdentity(second.scepUrl, second.challenge)).reply.status, "failure");
  assert.equal((await rig.portal(`${invitation}/profile`)).status, 404);
});

test("RenewalReq gives a further certificate of the same enrollment, and only to one of ours that still counts", async () => {
  const mac = await enrolledMac(rig, tenant);
  const { reply, identity } = await requestIdentity(scepUrl(), undefined, { renew: mac.identity! });
  assert.equal(reply.status, "success");
  assert.deepEqual(identity!.certificate.sanUri, mac.identity!.certificate.sanUri);
  const other = await rig.newTenant("Third");
  const foreign = await requestIdentity(`${rig.plainUrl}/scep/${other}`, undefined, { renew: mac.identity! });
  assert.equal(foreign.reply.status, "failure");
  const hash = certificateHash(mac.identity!.certificate.raw);
  await rig.kernel.store.write(
    { tenantId: tenant, actor: { kind: "system", id: "t", name: "t" }, permissions: new Set() },
    (tx) => rig.authority.revoke(tx, { hash }),
  );
  assert.equal((await requestIdentity(scepUrl(), undefined, { renew: mac.identity! })).reply.status, "failure");
});

/** A message of any type, signed as a request is. */
function otherMessage(messageType: string, ca: Certificate): Uint8Array {
  const key = generateKeyPair("rsa-2048");
  const now = rig.clock.now();
  const spki = rig.authority.crypto.publicKeyOf(key);
  const self = { certificate: "self" as const, key };
  const der = issueCertificate(rig.authority.crypto, {
    issuer: self,
    subject: { CN: "self" },
    spki,
    notBefore: now - 1000,
    notAfter: now + 86_400_000,
  });
  const printable = (text: string) => Buffer.concat([Buffer.from([0x13, text.length]), Buffer.from(text)]);
  const attribute = (last: number, value: Uint8Array) => ({ oid: `2.16.840.1.113733.1.9.${last}`, values: [value] });
  return createSignedData(rig.authority.crypto, {
    content: createEnvelopedData(rig.authority.crypto, Buffer.from("x"), ca, "aes-256-cbc"),
    signer: { certificate: parseCertificate(der), key },
    attributes: [
      attribute(2, printable(messageType)),
      attribute(7, printable("transaction")),
      attribute(5, Buffer.concat([Buffer.from([4, 16]), Buffer.alloc(16, 7)])),
    ],
  });
}
/** failInfo of the answer, as openssl finds it in a message that the tenant's authority signed. */
async function failInfoOf(message: Uint8Array, ca: Certificate): Promise<string | undefined> {
  const answer = await fetch(`${scepUrl()}?operation=PKIOperation`, { method: "POST", body: Buffer.from(message) });
  assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "application/x-pki-message"]);
  writeFileSync(path.join(dir, "answer.der"), Buffer.from(await answer.arrayBuffer()));
  writeFileSync(path.join(dir, "ca.pem"), encodePem("CERTIFICATE", ca.raw));
  const verify = ["cms", "-verify", "-binary", "-inform", "DER", "-in", "answer.der", "-partial_chain"];
  execFileSync("openssl", [...verify, "-CAfile", "ca.pem", "-purpose", "any"], { cwd: dir, stdio: "pipe" });
  const shown = execFileSync("openssl", ["asn1parse", "-inform", "DER", "-in", "answer.der"], { cwd: dir });
  return /2\.16\.840\.1\.113733\.1\.9\.4\s[^]*?PRINTABLESTRING\s*:(\d)/.exec(shown.toString())?.[1];
}

test("CertPoll, GetCert and GetCRL are answered with badCertID, and a message type of nobody's is no SCEP at all", async () => {
  const ca = (await rig.authority.intermediate(tenant)).certificate;
  for (const type of ["20", "21", "22"]) assert.equal(await failInfoOf(otherMessage(type, ca), ca), "4", type);
  assert.equal(await failInfoOf(otherMessage("3", ca), ca), "2", "an answer is no request");
  const other = await fetch(`${scepUrl()}?operation=PKIOperation`, {
    method: "POST",
    body: Buffer.from(otherMessage("99", ca)),
  });
  assert.equal(other.status, 400);
});

test("a request that is damaged gets badMessageCheck, one that is for another authority badRequest", async () => {
  const ca = (await rig.authority.intermediate(tenant)).certificate;
  const other = (await rig.authority.intermediate(await rig.newTenant("Elsewhere"))).certificate;
  const damaged = Buffer.from(otherMessage("19", ca));
  damaged[damaged.length - 1]! ^= 1;
  assert.equal(await failInfoOf(damaged, ca), "1");
  assert.equal(await failInfoOf(otherMessage("19", other), ca), "2");
});

test("a message on GET that is no base64 is 400", async () => {
  assert.equal((await rawGet(`/scep/${tenant}?operation=PKIOperation&message=%ff`)).status, 400);
});

test("micromdm's scepclient gets a certificate, renews it, and gets none for a used challenge", async (t) => {
  const client = micromdmClient();
  if (client === undefined) return t.skip("scepclient of github.com/micromdm/scep/v2 is not on this machine");
  const challenge = await newChallenge();
  const files = { key: path.join(dir, "client.key"), certificate: path.join(dir, "client.pem") };
  const arguments_ = (secret: string) => [
    "-server-url",
    scepUrl(),
    "-challenge",
    secret,
    "-private-key",
    files.key,
    "-certificate",
    files.certificate,
    "-cn",
    "scepclient",
    "-keySize",
    "2048",
  ];
  await run(client, arguments_(challenge), { cwd: dir, timeout: 60_000 });
  const subject = execFileSync("openssl", ["x509", "-in", files.certificate, "-noout", "-ext", "subjectAltName"], {
    encoding: "utf8",
  });
  assert.match(subject, new RegExp(`urn:pomona:${tenant}:`));
  await assert.rejects(
    run(
      client,
      arguments_(challenge).map((part) => (part === files.certificate ? path.join(dir, "none.pem") : part)),
      { cwd: dir, timeout: 60_000 },
    ),
  );
  // With its certificate in place the client sends a RenewalReq.
  await run(client, arguments_(""), { cwd: dir, timeout: 60_000 });
});

test("certmonger's scep-submit reads capabilities and authority", async (t) => {
  const [submit] = findAll("scep-submit", "/usr/lib/certmonger", "/usr/libexec/certmonger");
  if (submit === undefined) return t.skip("scep-submit of the package certmonger is not on this machine");
  const caps = await run(submit, ["-u", scepUrl(), "-c"], { timeout: 60_000 });
  assert.match(caps.stdout, /POSTPKIOperation/);
  const ca = await run(submit, ["-u", scepUrl(), "-C"], { timeout: 60_000 });
  assert.match(ca.stdout, /BEGIN CERTIFICATE/);
});

test("openssl verifies an identity against the root through the tenant's authority", async () => {
  const { identity } = await requestIdentity(scepUrl(), await newChallenge());
  const { certificate } = await rig.authority.intermediate(tenant);
  const file = (name: string, pem: string) => {
    writeFileSync(path.join(dir, name), pem);
    return path.join(dir, name);
  };
  const root = file("root.pem", rig.authority.rootPem);
  const issuer = file("issuer.pem", encodePem("CERTIFICATE", certificate.raw));
  const leaf = file("leaf.pem", encodePem("CERTIFICATE", identity!.certificate.raw));
  const said = execFileSync(
    "openssl",
    ["verify", "-purpose", "sslclient", "-CAfile", root, "-untrusted", issuer, leaf],
    { encoding: "utf8" },
  );
  assert.match(said, /OK/);
});

test("a challenge expires, is worth nothing in another tenant, and cannot be guessed", async () => {
  const other = await rig.newTenant("Other");
  const stolen = await newChallenge();
  const elsewhere = await requestIdentity(`${rig.plainUrl}/scep/${other}`, stolen);
  assert.equal(elsewhere.reply.status, "failure");
  assert.equal((await requestIdentity(scepUrl(), "guess")).reply.status, "failure");
  assert.equal((await requestIdentity(scepUrl(), undefined)).reply.status, "failure");
  const late = await newChallenge();
  rig.clock.advance(3_700_000);
  assert.equal((await requestIdentity(scepUrl(), late)).reply.status, "failure");
});
