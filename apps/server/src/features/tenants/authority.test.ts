import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { asId } from "@pomona/facts";
import { decodePem, parseCertificate, verifyChain } from "@pomona/pki";
import { generateKeyPair, nodeCrypto } from "@pomona/pki/node";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { MovableClock, type TestKernel, testKernel } from "../../testing/test-kernel.ts";
import { Authority } from "./authority.ts";
import { createTenants } from "./feature.ts";

const crypto = nodeCrypto();
const tenantId = asId<"tenant">("019a0000-0000-7000-8000-000000000001");
const otherTenant = asId<"tenant">("019a0000-0000-7000-8000-000000000002");
const clock = new MovableClock(Date.now());
let kernel: TestKernel;
let authority: Authority;
before(async () => {
  kernel = testKernel(clock);
  kernel.migrate([createTenants()]);
  authority = new Authority(kernel);
  await authority.start();
});
after(() => kernel[Symbol.asyncDispose]());

const spki = () => crypto.publicKeyOf(generateKeyPair("ec-p256"));
const issue = (role: "mdm" | "agent" | "edge", tenant = tenantId) =>
  authority.issueCertificate({
    tenantId: tenant,
    role,
    holder: { deviceId: asId<"device">("d-1") },
    spki: spki(),
    now: clock.now(),
  });

test("a certificate chains through its tenant's intermediate to the root", async () => {
  const issued = await issue("agent");
  const verdict = verifyChain(
    crypto,
    parseCertificate(issued.der),
    issued.issuers.map((der) => parseCertificate(der)),
    [parseCertificate(authority.rootDer)],
    clock.now(),
    { eku: "1.3.6.1.5.5.7.3.2" },
  );
  assert.ok(verdict.ok);
  assert.deepEqual(parseCertificate(issued.der).sanUri, [`urn:pomona:${tenantId}:d-1:agent`]);
});

test("each role has a usage of its own, and each tenant an authority of its own", async () => {
  const usages = await Promise.all(
    (["mdm", "agent", "edge"] as const).map(async (role) =>
      parseCertificate((await issue(role)).der).extendedKeyUsage!.at(-1),
    ),
  );
  assert.equal(new Set(usages).size, 3);
  const [a, b] = [await issue("agent"), await issue("agent", otherTenant)];
  assert.notDeepEqual(a.issuers[0], b.issuers[0]);
});

test("a certificate is known by its bytes: tenant, role and holder", async () => {
  const issued = await issue("agent");
  const found = await authority.identify(issued.der, clock.now());
  assert.ok(found.status === "valid");
  assert.deepEqual(
    [found.certificate.tenantId, found.certificate.role, found.certificate.deviceId],
    [tenantId, "agent", "d-1"],
  );
  const changed = issued.der.slice();
  changed[changed.length - 1]! ^= 1;
  assert.equal((await authority.identify(changed, clock.now())).status, "unknown");
});

test("a signed certificate is unknown until it is recorded", async () => {
  const order = { tenantId, role: "mdm", holder: { enrollmentId: "e-1" }, spki: spki(), now: clock.now() } as const;
  const signed = await authority.sign(order);
  assert.equal((await authority.identify(signed.der, clock.now())).status, "unknown");
  await kernel.store.write(systemScope(tenantId, "test"), (tx) => authority.record(tx, signed));
  assert.equal((await authority.identify(signed.der, clock.now())).status, "valid");
});

test("a revocation counts at once, though the certificate was in memory, and only in its tenant", async () => {
  const [mine, spared] = [await issue("agent"), await issue("mdm")];
  await authority.identify(mine.der, clock.now());
  const holder = { deviceId: asId<"device">("d-1") };
  await kernel.store.write(systemScope(otherTenant, "test"), (tx) => authority.revoke(tx, holder));
  assert.equal((await authority.identify(mine.der, clock.now())).status, "valid");
  await kernel.store.write(systemScope(tenantId, "test"), (tx) => authority.revoke(tx, holder, { role: "agent" }));
  assert.equal((await authority.identify(mine.der, clock.now())).status, "revoked");
  assert.equal((await authority.identify(spared.der, clock.now())).status, "valid");
});

test("a certificate that has run out is known as such", async () => {
  const issued = await issue("agent");
  assert.equal((await authority.identify(issued.der, issued.notAfter + 1)).status, "expired");
});

test("a weak key gets no certificate", async () => {
  const { generateKeyPairSync } = await import("node:crypto");
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ type: "spki", format: "der" });
  const order = { tenantId, role: "agent", holder: { deviceId: asId<"device">("d") }, now: clock.now() } as const;
  await assert.rejects(authority.sign({ ...order, spki: weak }), /2048/);
  await assert.rejects(authority.sign({ ...order, spki: Uint8Array.of(1) }), /2048/);
});

test("root and intermediates survive a restart, their keys sealed", async () => {
  const again = new Authority(kernel);
  await again.start();
  const bytes = async (of: Authority) =>
    [of.rootDer, (await of.intermediate(tenantId)).certificate.raw].map((der) => Buffer.from(der).toString("hex"));
  assert.deepEqual(await bytes(again), await bytes(authority));
  const { readKey } = await import("./authority.sql.ts");
  const stored = await kernel.store.read(systemScope(PLATFORM, "test"), (tx) => readKey(tx, "root"));
  assert.equal(JSON.stringify(stored!.sealedKey).includes("PRIVATE KEY"), false);
});

test("the server's certificate follows Apple's rules, is kept, and is renewed when near its end or when a name is new", async () => {
  const leafOf = (tls: { certificate: string }) => parseCertificate(decodePem(tls.certificate, "CERTIFICATE")[0]!.der);
  const first = leafOf(await authority.serverTls(["mdm.example.com", "192.0.2.7"]));
  assert.ok(first.sanDns.includes("mdm.example.com") && first.sanIp.includes("192.0.2.7"));
  assert.deepEqual(first.extendedKeyUsage, ["1.3.6.1.5.5.7.3.1"]);
  assert.ok(first.notAfter - first.notBefore <= 825 * 86_400_000);
  assert.deepEqual(leafOf(await authority.serverTls(["mdm.example.com", "192.0.2.7"])).raw, first.raw);
  const renamed = leafOf(await authority.serverTls(["other.example.com"]));
  assert.notDeepEqual(renamed.raw, first.raw);
  clock.advance(380 * 86_400_000);
  assert.notDeepEqual(leafOf(await authority.serverTls(["other.example.com"])).raw, renamed.raw);
});
