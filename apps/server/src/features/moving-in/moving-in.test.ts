import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { MovingEnrollment, MovingOutcome, MovingRecord } from "@pomona/contract";
import type { DeviceId, TenantId } from "@pomona/facts";
import { type Certificate, EKU, encodePem, issueCertificate, parseCertificate, parseSignedData } from "@pomona/pki";
import { generateKeyPair } from "@pomona/pki/node";
import { buildXmlPlist, getArray, getString, isDictionary, parsePlist } from "@pomona/plist";
import { type DeviceRig, deviceRig, pushCertificate } from "../../adapters/device-door/testing/device-rig.ts";
import { drain, enrolledMac } from "../../adapters/device-door/testing/enroll-mac.ts";
import { requestIdentity, TestMac } from "../../adapters/device-door/testing/test-mac.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { readDeviceBySerial } from "../devices/index.ts";
import { readEnrollmentOfDevice } from "../enrollment/index.ts";
import { addTenant } from "../tenants/index.ts";

const DAY_MS = 86_400_000;
let rig: DeviceRig;
let tenant: TenantId;
before(async () => {
  rig = await deviceRig();
});
after(() => rig[Symbol.asyncDispose]());
beforeEach(async () => {
  tenant = (await rig.kernel.store.write(systemScope(PLATFORM, "t"), (tx) => addTenant(tx, "Bare"))).id;
});

/** The other MDM server, as far as it shows: its CA, its topic, and Macs that it enrolled. */
class OldServer {
  readonly topic: string;
  readonly push: ReturnType<typeof pushCertificate>;
  readonly #key = generateKeyPair("rsa-2048");
  readonly #ca: Certificate;

  constructor(topic = `com.apple.mgmt.External.${crypto.randomUUID()}`) {
    this.topic = topic;
    this.push = pushCertificate(rig.authority, this.topic, rig.clock.now());
    this.#ca = parseCertificate(this.#issue("self", this.#key, "Old CA", { ca: {} }, 3650));
  }

  get profile() {
    const payload = {
      PayloadType: "com.apple.mdm",
      PayloadIdentifier: "com.example.old.mdm",
      PayloadUUID: "96B11019-B54C-49DC-9480-43525834DE7B",
      ServerURL: "https://mdm.old.example/mdm",
      Topic: this.topic,
      AccessRights: 8191,
      ServerCapabilities: ["com.apple.mdm.per-user-connections"],
    };
    return {
      PayloadType: "Configuration",
      PayloadIdentifier: "com.example.old",
      PayloadUUID: "F9760DD4-F2D1-4F29-8D2C-48D52DD0A9B3",
      PayloadContent: [payload],
    };
  }

  get preamble(): MovingRecord[] {
    const { certificate, privateKey } = this.push;
    return [
      { kind: "enrollment-profile", profile: Buffer.from(buildXmlPlist(this.profile)).toString("base64") },
      { kind: "push-certificate", certificate, privateKey },
      { kind: "issuer", certificate: encodePem("CERTIFICATE", this.#ca.raw) },
    ];
  }

  /** A Mac with an identity of this server, pointed to ours: its URL has the old name, which now leads here. */
  enrolled(type: "ec-p256" | "rsa-2048" = "ec-p256", extendedKeyUsage?: readonly string[]): TestMac {
    const mac = new TestMac(rig.plainUrl);
    const key = generateKeyPair(type);
    const usage = extendedKeyUsage === undefined ? {} : { extendedKeyUsage };
    const der = this.#issue({ certificate: this.#ca, key: this.#key }, key, "device", usage, 365);
    mac.identity = { certificate: parseCertificate(der), key };
    mac.topic = this.topic;
    return mac;
  }

  /** What its export says of a Mac. */
  record(mac: TestMac, more: Partial<MovingEnrollment> = {}): MovingEnrollment {
    return {
      kind: "enrollment",
      identifier: mac.udid,
      serialNumber: mac.serialNumber,
      deviceName: "Ann's Mac",
      model: "MacBook Pro",
      osVersion: "15.1",
      topic: this.topic,
      pushToken: Buffer.from(mac.udid).toString("hex"),
      pushMagic: "magic",
      tokenUpdates: 3,
      certificate: encodePem("CERTIFICATE", mac.identity!.certificate.raw),
      ...more,
    };
  }

  #issue(
    issuer: Parameters<typeof issueCertificate>[1]["issuer"] | "self",
    key: ReturnType<typeof generateKeyPair>,
    name: string,
    extensions: NonNullable<Parameters<typeof issueCertificate>[1]["extensions"]>,
    days: number,
  ): Uint8Array {
    const { crypto: own } = rig.authority;
    const now = rig.clock.now();
    return issueCertificate(own, {
      issuer: issuer === "self" ? { certificate: "self", key } : issuer,
      subject: { CN: name },
      spki: own.publicKeyOf(key),
      notBefore: now - 400 * DAY_MS,
      notAfter: now + days * DAY_MS,
      extensions,
    });
  }
}

const bring = async (records: readonly MovingRecord[], dryRun = false) =>
  ((await rig.act(tenant, "moving-in.import-records", { dryRun, records })) as { outcomes: MovingOutcome[] }).outcomes;
const words = (outcomes: readonly MovingOutcome[]) => outcomes.map(({ outcome }) => outcome);
const show = async () => (await rig.act(tenant, "moving-in.show", {})) as Record<string, unknown>;
const deviceOf = (mac: TestMac) =>
  rig.kernel.store.read(systemScope(tenant, "t"), (tx) => readDeviceBySerial(tx, mac.serialNumber));
const enrollmentOf = async (id: DeviceId) =>
  (await rig.kernel.store.read(systemScope(tenant, "t"), (tx) => readEnrollmentOfDevice(tx, id)))!;
const arrivals = () =>
  rig.features
    .flatMap(({ jobs }) => jobs ?? [])
    .find(({ name }) => name === "moving-in/notice-arrivals")!
    .run();

test("a Mac of another server goes on here with its own key: polls, commands, TokenUpdate, push, and a renewal to our CA", async () => {
  const old = new OldServer();
  // SCEP encrypts to the key that asks, so that a renewal needs RSA.
  const mac = old.enrolled("rsa-2048");
  assert.equal((await mac.poll()).status, 403, "before the import it is a stranger");
  const unlockToken = Buffer.from("unlock").toString("base64");
  const bootstrapToken = Buffer.from("bootstrap").toString("base64");
  const outcomes = await bring([...old.preamble, old.record(mac, { unlockToken, bootstrapToken })]);
  assert.deepEqual(words(outcomes), ["imported", "imported", "imported", "imported"]);
  assert.match(outcomes[3]!.brings.join(), /certificate.*unlock token, sealed.*bootstrap token, sealed/);
  assert.match(outcomes[3]!.leaves.join(), /commands that wait on the old server/);
  const { id } = (await deviceOf(mac))!;
  const facts = () => rig.kernel.store.readAfter(0, { tenantId: tenant, limit: 100 });
  assert.ok(!(await facts()).some(({ type }) => type === "device.enrolled"), "work on it begins when it comes by");
  await arrivals();
  assert.deepEqual((await show())["arrived"], 0);

  assert.equal((await mac.poll()).status, 200);
  await arrivals();
  await arrivals();
  assert.deepEqual([(await show())["imported"], (await show())["arrived"]], [1, 1]);
  assert.equal((await facts()).filter(({ type }) => type === "device.enrolled").length, 1);
  await rig.settle();
  assert.ok((await drain(mac)).includes("DeviceInformation"));
  assert.equal((await mac.tokenUpdate({ Token: Buffer.from("fresh") })).status, 200);
  const pushed = (await rig.act(tenant, "push.send-test-push", { deviceId: id })) as { status: number };
  assert.equal(pushed.status, 200);
  const last = rig.sender.sent.at(-1)!;
  assert.deepEqual([Buffer.from(last.pushToken).toString(), last.credentials.topic], ["fresh", old.topic]);
  const token = await mac.checkIn("GetBootstrapToken", { AwaitingConfiguration: false });
  assert.match(Buffer.from(token.bytes).toString(), new RegExp(bootstrapToken));

  const offer = await rig.enrollment.renewalProfile(tenant, (await enrollmentOf(id)).id, 60_000);
  const renewed = parsePlist(parseSignedData(offer!.profile).content!);
  assert.ok(isDictionary(renewed));
  const payload = getArray(renewed, "PayloadContent")!.filter(isDictionary).at(-1)!;
  assert.deepEqual(
    [getString(renewed, "PayloadIdentifier"), getString(payload, "PayloadIdentifier"), getString(payload, "ServerURL")],
    ["com.example.old", "com.example.old.mdm", "https://mdm.old.example/mdm"],
    "an update of the profile that is installed, not a second one",
  );
  const before = mac.identity!;
  const { identity } = await requestIdentity(`${rig.plainUrl}/scep/${tenant}`, undefined, { renew: before });
  assert.ok(identity !== undefined, "signed with the old server's certificate, our CA gives another");
  assert.match(identity.certificate.issuer.text, /Pomona issuing/);
  mac.identity = identity;
  assert.equal((await mac.authenticate()).status, 200);
  assert.equal((await mac.tokenUpdate()).status, 200);
  assert.equal((await mac.poll()).status, 200);
  mac.identity = before;
  assert.equal((await mac.poll()).status, 403, "the old server's certificate is good for nothing any more");
});

test("a dry run says the same as the import, and changes nothing; the file can be sent again and again", async () => {
  const old = new OldServer();
  const [mac, gone, foreign] = [old.enrolled(), old.enrolled(), new OldServer().enrolled()];
  const records = [
    ...old.preamble,
    old.record(mac),
    old.record(gone, { enabled: false }),
    old.record(foreign),
    old.record(old.enrolled(), { topic: "com.apple.mgmt.External.x" }),
    old.record(old.enrolled(), { certificate: "text" }),
    old.record(old.enrolled(), { certificateHash: "00".repeat(32) }),
  ];
  const dry = await bring(records, true);
  assert.deepEqual((await show())["imported"], 0);
  assert.equal(await deviceOf(mac), undefined);
  assert.equal((await mac.poll()).status, 403);
  const real = await bring(records);
  assert.deepEqual(real, dry);
  assert.deepEqual(words(real).slice(0, 4), ["imported", "imported", "imported", "imported"]);
  const reasons = real.slice(4).map(({ outcome, reason }) => `${outcome}: ${reason}`);
  assert.match(reasons[0]!, /refused: it has left the old server/);
  assert.match(reasons[1]!, /refused: its certificate is not from an issuer/);
  assert.match(reasons[2]!, /refused: it is enrolled on com.apple.mgmt.External.x/);
  assert.match(reasons[3]!, /refused: its certificate cannot be read/);
  assert.match(reasons[4]!, /refused: its certificate has another hash/);
  await mac.tokenUpdate({ Token: Buffer.from("newer") });
  assert.deepEqual(words(await bring(records)).slice(0, 4), ["unchanged", "unchanged", "unchanged", "unchanged"]);
  const { id } = (await deviceOf(mac))!;
  await rig.act(tenant, "push.send-test-push", { deviceId: id });
  assert.equal(Buffer.from(rig.sender.sent.at(-1)!.pushToken).toString(), "newer", "what the Mac said since stays");
});

test("a Mac that is not in the file, one with another Mac's name, and one with a certificate not its own are refused", async () => {
  const old = new OldServer();
  const [mac, other, stranger] = [old.enrolled(), old.enrolled(), old.enrolled()];
  await bring([...old.preamble, old.record(mac), old.record(other)]);
  assert.equal((await stranger.poll()).status, 403);
  assert.equal((await mac.poll()).status, 200);
  const { identity } = mac;
  mac.identity = other.identity;
  assert.equal((await mac.poll()).status, 403);
  mac.identity = stranger.identity;
  assert.equal((await mac.tokenUpdate()).status, 403);
  mac.identity = identity;
  assert.equal((await mac.poll()).status, 200);
});

test("a pin can come as a hash alone, as NanoMDM keeps it", async () => {
  const old = new OldServer();
  const mac = old.enrolled();
  const { createHash } = await import("node:crypto");
  const certificateHash = createHash("sha256").update(mac.identity!.certificate.raw).digest("hex").toUpperCase();
  const [, , , outcome] = await bring([...old.preamble, old.record(mac, { certificate: null, certificateHash })]);
  assert.equal(outcome!.outcome, "imported");
  assert.match(outcome!.leaves.join(), /renew it soon/);
  assert.equal((await mac.poll()).status, 200);
});

test("users' channels come over with tokens of their own", async () => {
  const old = new OldServer();
  const mac = old.enrolled();
  const users = [{ userId: "U-1", shortName: "ann", pushToken: "75736572", pushMagic: "um" }];
  await bring([...old.preamble, old.record(mac, { users })]);
  const { id } = (await deviceOf(mac))!;
  rig.push.wake(tenant, id, `${mac.udid}:U-1`);
  for (let i = 0; i < 100 && rig.sender.sent.at(-1)?.pushMagic !== "um"; i++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(Buffer.from(rig.sender.sent.at(-1)!.pushToken).toString(), "user");
});

test("case 22: a Mac that moved in without its certificate may bring it once, on a later message, while the window is open", async () => {
  // fault: a certificate may be brought a second time
  const old = new OldServer();
  const [mac, thief, late] = [old.enrolled(), old.enrolled(), old.enrolled()];
  const unpinned = { certificate: null };
  await bring([...old.preamble, old.record(mac, unpinned), old.record(late, unpinned)]);
  assert.equal((await show())["unpinned"], 2);
  assert.equal((await mac.poll()).status, 403, "no operator has opened the window");
  const until = new Date(rig.clock.now() + DAY_MS).toISOString();
  await rig.act(tenant, "moving-in.open-association", { until });
  const foreign = new OldServer().enrolled();
  Object.assign(foreign, { udid: mac.udid });
  assert.equal((await foreign.poll()).status, 403, "a certificate of another issuer");
  assert.equal((await mac.authenticate()).status, 403, "not on the message that begins anew");
  assert.equal((await mac.poll()).status, 200);
  assert.equal((await mac.poll()).status, 200);
  Object.assign(thief, { udid: mac.udid });
  assert.equal((await thief.poll()).status, 403, "once");
  assert.equal((await show())["unpinned"], 1);
  rig.clock.advance(DAY_MS + 1);
  assert.equal((await late.poll()).status, 403, "the window has ended");
  assert.equal((await show())["windowUntil"], null);
  await rig.act(tenant, "moving-in.open-association", { until: new Date(rig.clock.now() + DAY_MS).toISOString() });
  await rig.act(tenant, "moving-in.close-association", {});
  assert.equal((await late.poll()).status, 403);
  await assert.rejects(
    rig.act(tenant, "moving-in.open-association", { until: new Date(rig.clock.now() + 31 * DAY_MS).toISOString() }),
    /within thirty days/,
  );
});

test("case 7: a certificate of the old authority that is not for clients is nobody's identity, in the file or brought later", async () => {
  // fault: the usage of a certificate in the file is not looked at
  // fault: the usage of a certificate that a Mac brings is not looked at
  const old = new OldServer();
  const [web, device] = [old.enrolled("ec-p256", [EKU.serverAuth]), old.enrolled("ec-p256", [EKU.clientAuth])];
  const [, , , inFile] = await bring([...old.preamble, old.record(web)]);
  assert.equal(inFile!.outcome, "refused");
  assert.match(JSON.stringify(inFile), /not for clients/);
  const unpinned = { certificate: null };
  await bring([...old.preamble, old.record(web, unpinned), old.record(device, unpinned)]);
  await rig.act(tenant, "moving-in.open-association", { until: new Date(rig.clock.now() + DAY_MS).toISOString() });
  assert.equal((await web.poll()).status, 403);
  assert.equal((await device.poll()).status, 200);
});

test("a Mac that is enrolled here already is left as it is, and an issuer of one tenant counts in no other", async () => {
  const old = new OldServer();
  const home = await rig.newTenant("Home");
  const first = old.enrolled();
  await bring([...old.preamble, old.record(first, { certificate: null })]);
  await rig.act(home, "moving-in.open-association", { until: new Date(rig.clock.now() + DAY_MS).toISOString() });
  assert.equal((await first.poll()).status, 403, "the window is another tenant's");
  tenant = home;
  const here = await enrolledMac(rig, home);
  const { topic } = (await rig.act(home, "push.show-push", {})) as { topic: string };
  const twin = new OldServer(topic);
  const mac = twin.enrolled();
  const [profile, , authority] = twin.preamble;
  const [, issuer, refused] = await bring([
    profile!,
    authority!,
    twin.record(mac, { serialNumber: here.serialNumber }),
  ]);
  assert.deepEqual([issuer!.outcome, refused!.outcome], ["imported", "refused"]);
  assert.match(refused!.reason!, /another enrollment with its serial number/);
});
