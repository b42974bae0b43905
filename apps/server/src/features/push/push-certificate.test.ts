import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import type { PortalUpload, PushRequest, PushState } from "@pomona/contract";
import type { TenantId } from "@pomona/facts";
import { decodePem, encodePem, issueCertificate, parseCertificate, parseCertificateRequest } from "@pomona/pki";
import { generateKeyPair } from "@pomona/pki/node";
import { type DeviceRig, deviceRig, pushCertificate } from "../../adapters/device-door/testing/device-rig.ts";
import { enrolledMac } from "../../adapters/device-door/testing/enroll-mac.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { addTenant } from "../tenants/index.ts";

const DAY_MS = 86_400_000;
let rig: DeviceRig;
let folder: string;
/** PEM of a vendor below a root, both made by openssl. */
let chain: string;
before(async () => {
  rig = await deviceRig();
  folder = mkdtempSync(path.join(tmpdir(), "pomona-push-"));
  openssl(
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    "root.key",
    "-out",
    "root.pem",
    "-days",
    "30",
    "-subj",
    "/CN=Root",
  );
  openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "vendor.key", "-out", "vendor.csr", "-subj", "/CN=Vendor");
  openssl(
    "x509",
    "-req",
    "-in",
    "vendor.csr",
    "-CA",
    "root.pem",
    "-CAkey",
    "root.key",
    "-CAcreateserial",
    "-out",
    "vendor.pem",
    "-days",
    "20",
  );
  chain = read("vendor.pem") + read("root.pem");
});
after(async () => {
  rmSync(folder, { recursive: true });
  await rig[Symbol.asyncDispose]();
});

const file = (name: string) => path.join(folder, name);
const read = (name: string) => readFileSync(file(name), "utf8");
const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
const bareTenant = async (): Promise<TenantId> =>
  (await rig.kernel.store.write(systemScope(PLATFORM, "t"), (tx) => addTenant(tx, "Bare"))).id;

async function request(tenant: TenantId, name: string) {
  const made = (await rig.act(tenant, "push.create-push-request", { organization: "O", email: "it@o.example" })) as {
    id: string;
    csr: string;
  };
  writeFileSync(file(`${name}.der`), decodePem(made.csr, "CERTIFICATE REQUEST")[0]!.der);
  return made;
}
const signatureOver = (name: string, digest = "-sha256") =>
  openssl("dgst", digest, "-sign", "vendor.key", `${name}.der`).toString("base64");

test("a vendor's signature becomes what Apple's portal takes, as plistlib reads it and openssl verifies it", async () => {
  const tenant = await bareTenant();
  const { id } = await request(tenant, "a");
  const sign = (input: object) =>
    rig.act(tenant, "push.sign-push-request", { requestId: id, ...input }) as Promise<PortalUpload>;
  const made = await sign({ signature: signatureOver("a"), chain });
  writeFileSync(file("upload"), made.upload);
  const script =
    "import plistlib,base64,sys;p=plistlib.loads(base64.b64decode(open('upload').read()));" +
    "open('csr','wb').write(base64.b64decode(p['PushCertRequestCSR']));" +
    "open('sig','wb').write(base64.b64decode(p['PushCertSignature']));open('chain','w').write(p['PushCertCertificateChain'])";
  execFileSync("python3", ["-c", script], { cwd: folder });
  assert.deepEqual(readFileSync(file("csr")), readFileSync(file("a.der")));
  openssl("x509", "-in", "chain", "-pubkey", "-noout", "-out", "vendor.pub");
  assert.match(
    openssl("dgst", "-sha256", "-verify", "vendor.pub", "-signature", "sig", "csr").toString(),
    /Verified OK/,
  );
  assert.match(made.vendor, /Vendor/);
  const again = await sign({ plist: made.upload });
  assert.equal(again.upload, made.upload);
  await assert.rejects(sign({ signature: signatureOver("a", "-sha1"), chain }), /SHA-1/);
  await assert.rejects(sign({ signature: signatureOver("a"), chain: read("vendor.pem") }), /go on to the root/);
  await assert.rejects(
    sign({ signature: signatureOver("a"), chain: read("root.pem") + read("vendor.pem") }),
    /must stand in order/,
  );
  const other = await request(tenant, "b");
  await assert.rejects(sign({ signature: signatureOver("b"), chain }), /not one of this vendor/);
  await assert.rejects(
    rig.act(tenant, "push.sign-push-request", { requestId: other.id, plist: made.upload }),
    /another certificate request/,
  );
});

test("the signing service's mailed answer (openssl cms) is opened with our key; another request's is refused", async () => {
  const tenant = await bareTenant();
  const { id, csr } = await request(tenant, "c");
  const { upload } = (await rig.act(tenant, "push.sign-push-request", {
    requestId: id,
    signature: signatureOver("c"),
    chain,
  })) as PortalUpload;
  await assert.rejects(rig.act(tenant, "push.open-signing-answer", { requestId: id, answer: "00" }), /was not sent/);
  await rig.act(tenant, "push.request-vendor-signature", { requestId: id, email: "it@o.example" });
  const asked = rig.signing.asked.at(-1)!;
  assert.deepEqual([asked.csr, asked.email], [csr, "it@o.example"]);
  writeFileSync(file("plain"), upload);
  writeFileSync(file("to.pem"), asked.encryptTo);
  for (const cipher of ["-aes-256-cbc", "-des3"]) {
    const answer = openssl("cms", "-encrypt", "-binary", cipher, "-in", "plain", "-outform", "DER", "to.pem").toString(
      "hex",
    );
    const opened = (await rig.act(tenant, "push.open-signing-answer", {
      requestId: id,
      answer: `${answer}\n`,
    })) as PortalUpload;
    assert.equal(opened.upload, upload);
  }
  const foreign = openssl(
    "cms",
    "-encrypt",
    "-binary",
    "-aes-256-cbc",
    "-in",
    "plain",
    "-outform",
    "DER",
    "vendor.pem",
  );
  await assert.rejects(
    rig.act(tenant, "push.open-signing-answer", { requestId: id, answer: foreign.toString("hex") }),
    /not encrypted for this request/,
  );
  await assert.rejects(rig.act(tenant, "push.open-signing-answer", { requestId: id, answer: "<html>" }), /hexadecimal/);
});

test("requests that wait for Apple's certificate are listed, and are over when it is stored", async () => {
  const tenant = await bareTenant();
  const waiting = async (of = tenant) =>
    ((await rig.act(of, "push.list-push-requests", {})) as { items: readonly PushRequest[] }).items;
  const first = await request(tenant, "first");
  rig.clock.advance(1000);
  const second = await request(tenant, "second");
  await rig.act(tenant, "push.request-vendor-signature", { requestId: second.id, email: "it@o.example" });
  assert.deepEqual(
    (await waiting()).map(({ id, csr, isSentToService }) => ({ id, csr, isSentToService })),
    [
      { ...second, isSentToService: true },
      { ...first, isSentToService: false },
    ],
  );
  const { crypto } = rig.authority;
  const key = generateKeyPair("ec-p256");
  const root = issueCertificate(crypto, {
    issuer: { certificate: "self", key },
    subject: { CN: "Apple, here" },
    spki: crypto.publicKeyOf(key),
    notBefore: rig.clock.now() - 1000,
    notAfter: rig.clock.now() + 365 * DAY_MS,
    extensions: { ca: {}, keyUsage: ["keyCertSign"] },
  });
  const apple = issueCertificate(crypto, {
    issuer: { certificate: parseCertificate(root), key },
    subject: { UID: "com.apple.mgmt.External.first", CN: "APSP:first" },
    spki: parseCertificateRequest(decodePem(first.csr, "CERTIFICATE REQUEST")[0]!.der).spki,
    notBefore: rig.clock.now() - 1000,
    notAfter: rig.clock.now() + 365 * DAY_MS,
  });
  await rig.act(tenant, "push.upload-push-certificate", { certificate: encodePem("CERTIFICATE", apple) });
  assert.deepEqual(
    (await waiting()).map(({ id }) => id),
    [second.id],
  );
  assert.deepEqual(await waiting(await bareTenant()), []);
});

test("another topic is refused with what it would cost, and cannot be forced while a Mac is enrolled on the old one", async () => {
  const tenant = await rig.newTenant("Acme");
  const other = () => pushCertificate(rig.authority, "com.apple.mgmt.External.other", rig.clock.now());
  const upload = (replaceTopic?: boolean) =>
    rig.act(tenant, "push.upload-push-certificate", {
      ...other(),
      ...(replaceTopic === undefined ? {} : { replaceTopic }),
    });
  await assert.rejects(upload(), /No Mac is enrolled on the old topic: to change it all the same/);
  const mac = await enrolledMac(rig, tenant);
  await assert.rejects(upload(), /One Mac is enrolled on it.*enrolled anew.*Renew/);
  await assert.rejects(upload(true), (error: { code?: string }) => error.code === "push.topic-in-use");
  await mac.checkIn("CheckOut", { Topic: mac.topic });
  assert.equal(((await upload(true)) as PushState).topic, "com.apple.mgmt.External.other");
});

test("an expired certificate, one of a broken chain, and an older one than that in use are refused", async () => {
  const tenant = await rig.newTenant("Acme");
  const { topic } = (await rig.act(tenant, "push.show-push", {})) as PushState;
  const upload = (input: object) => rig.act(tenant, "push.upload-push-certificate", { ...input });
  const now = rig.clock.now();
  await assert.rejects(upload(pushCertificate(rig.authority, topic!, now - 366 * DAY_MS)), /has expired/);
  await assert.rejects(upload(pushCertificate(rig.authority, topic!, now + 5000)), /not valid yet/);
  await assert.rejects(upload(pushCertificate(rig.authority, topic!, now - 10 * DAY_MS)), /ends earlier/);
  const { certificate, privateKey } = pushCertificate(rig.authority, topic!, now);
  await assert.rejects(upload({ certificate: certificate + read("root.pem"), privateKey }), /not signed by/);
});

test("the end of a certificate is told 60, 30 and 7 days before and when it came, once each, over restarts", async () => {
  const tenant = await rig.newTenant("Acme");
  const job = rig.features.flatMap(({ jobs }) => jobs ?? []).find(({ name }) => name === "push/watch-certificates")!;
  const told = async () =>
    (await rig.kernel.store.readAfter(0, { tenantId: tenant, types: ["push.expiry-warned"], limit: 100 })).map(
      ({ data }) => (data as { days: number }).days,
    );
  const after = async (days: number) => {
    rig.clock.advance(days * DAY_MS);
    // Twice: what was said is in the store, not in the memory of a process.
    await job.run();
    await job.run();
    return told();
  };
  assert.deepEqual(await after(1), []);
  assert.deepEqual(await after(304.5), [60]);
  assert.deepEqual(await after(20), [60]);
  assert.deepEqual(await after(10), [60, 30]);
  assert.deepEqual(await after(23.5), [60, 30, 7]);
  assert.deepEqual(await after(7), [60, 30, 7, 0]);
  const { topic, state, daysLeft } = (await rig.act(tenant, "push.show-push", {})) as PushState;
  assert.deepEqual([state, daysLeft], ["expired", 0]);
  await rig.act(tenant, "push.upload-push-certificate", pushCertificate(rig.authority, topic!, rig.clock.now()));
  assert.deepEqual(await after(1), [60, 30, 7, 0]);
  assert.deepEqual(
    await after(358),
    [60, 30, 7, 0, 7],
    "a certificate that is near its end is told of once, not thrice",
  );
});
