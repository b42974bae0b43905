import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { UserChannel } from "@pomona/contract";
import type { TenantId } from "@pomona/facts";
import { encodePem } from "@pomona/pki";
import { generateKeyPair, nodeCrypto } from "@pomona/pki/node";
import { getData, getString, isDictionary, parsePlist } from "@pomona/plist";
import { compactVerify, importSPKI } from "jose";
import { readDeviceBySerial } from "../../features/devices/index.ts";
import type { MaidKey } from "../../features/enrollment/index.ts";
import { systemScope } from "../../kernel/scope.ts";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { enrolledMac } from "./testing/enroll-mac.ts";
import type { TestMac } from "./testing/test-mac.ts";

let rig: DeviceRig;
let tenant: TenantId;
const maid = new Map<TenantId, MaidKey>();
before(async () => {
  rig = await deviceRig({ maidKeys: { keyOf: async (tenantId) => maid.get(tenantId) } });
});
after(() => rig[Symbol.asyncDispose]());
beforeEach(async () => {
  tenant = await rig.newTenant("Acme");
});

const ANN = { UserID: "0A0A0A0A-0000-4000-8000-000000000001" };
const idOf = async (mac: TestMac): Promise<string> =>
  (await rig.kernel.store.read(systemScope(tenant, "test"), (tx) => readDeviceBySerial(tx, mac.serialNumber)))!.id;
const usersOf = async (deviceId: string): Promise<readonly UserChannel[]> =>
  ((await rig.act(tenant, "enrollment.list-user-channels", { deviceId })) as { items: UserChannel[] }).items;
const openChannel = (mac: TestMac, keys: Record<string, string> = {}) =>
  mac.tokenUpdate({ ...ANN, Token: Buffer.from("ann"), PushMagic: "ann's", ...keys });

test("a user's channel is listed with its names, which a later TokenUpdate without them keeps", async () => {
  const mac = await enrolledMac(rig, tenant);
  const id = await idOf(mac);
  assert.deepEqual(await usersOf(id), []);
  assert.equal((await openChannel(mac, { UserShortName: "ann", UserLongName: "Ann Apple" })).status, 200);
  rig.clock.advance(60_000);
  assert.equal((await openChannel(mac)).status, 200);
  const [user, ...others] = await usersOf(id);
  assert.deepEqual(others, []);
  assert.deepEqual([user!.user, user!.shortName, user!.longName], [ANN.UserID, "ann", "Ann Apple"]);
  assert.equal(Date.parse(user!.updatedAt) - Date.parse(user!.openedAt), 60_000);
});

test("the channels of a Mac's users end with its enrollment", async () => {
  const mac = await enrolledMac(rig, tenant);
  const id = await idOf(mac);
  await openChannel(mac);
  mac.clock = () => Date.now() + 2_000;
  await mac.authenticate();
  await mac.tokenUpdate();
  assert.deepEqual(await usersOf(id), [], "after a new enrollment");
  await openChannel(mac);
  assert.equal((await usersOf(id)).length, 1);
  await mac.checkIn("CheckOut");
  assert.deepEqual(await usersOf(id), [], "after CheckOut");
  assert.equal((await openChannel(mac)).status, 403);
});

test("case 39: UserAuthenticate declines network users with 410, which is for good", async () => {
  // fault: network users are declined with an error that is not for good
  const mac = await enrolledMac(rig, tenant);
  assert.equal((await mac.checkIn("UserAuthenticate", ANN)).status, 410);
  assert.equal((await mac.poll()).status, 200);
});

test("case 39: a tenant that accepts network users answers with an empty challenge, then with nothing", async () => {
  // fault: the second answer is a challenge again
  const mac = await enrolledMac(rig, tenant);
  const networkUsers = "accept";
  assert.deepEqual(await rig.act(tenant, "enrollment.change-network-user-policy", { networkUsers }), { networkUsers });
  const first = await mac.checkIn("UserAuthenticate", ANN);
  const challenge = parsePlist(first.bytes);
  assert.equal(first.status, 200);
  assert.equal(isDictionary(challenge) && getString(challenge, "DigestChallenge"), "");
  const second = await mac.checkIn("UserAuthenticate", { ...ANN, DigestResponse: "" });
  assert.deepEqual([second.status, second.bytes.length], [200, 0]);
  assert.equal((await mac.checkIn("UserAuthenticate")).status, 410, "nobody logs in on the device channel");
  const other = await rig.newTenant("Other");
  assert.deepEqual(await rig.act(other, "enrollment.show-network-user-policy", {}), { networkUsers: "decline" });
});

test("case 39: GetToken of an unknown service, and for a watch without parameters, is 400 and no crash", async () => {
  // fault: a service that is not known gets an empty 200
  const mac = await enrolledMac(rig, tenant);
  const statusOf = async (keys: Parameters<TestMac["checkIn"]>[1]) => (await mac.checkIn("GetToken", keys)).status;
  for (const TokenServiceType of ["com.apple.unknown", "", "com.apple.watch.pairing"])
    assert.equal(await statusOf({ TokenServiceType }), 400, TokenServiceType);
  assert.equal(await statusOf({}), 400);
  assert.equal(await statusOf({ TokenServiceType: "com.apple.watch.pairing", TokenParameters: {} }), 404);
  assert.equal(await statusOf({ TokenServiceType: "com.apple.maid" }), 404, "no MDM server token yet");
  assert.equal((await mac.poll()).status, 200);
});

test("a token for Managed Apple Accounts is a JWT by the key of the tenant's MDM server token, new each time", async () => {
  const mac = await enrolledMac(rig, tenant);
  const key = generateKeyPair("rsa-2048");
  maid.set(tenant, { serverUuid: "677E-0001", key });
  const verifier = await importSPKI(encodePem("PUBLIC KEY", nodeCrypto().publicKeyOf(key)), "RS256");
  const seen = new Set<unknown>();
  for (const channel of [{}, ANN]) {
    const answer = await mac.checkIn("GetToken", { ...channel, TokenServiceType: "com.apple.maid" });
    const plist = parsePlist(answer.bytes);
    assert.ok(isDictionary(plist));
    const { payload } = await compactVerify(Buffer.from(getData(plist, "TokenData")!), verifier);
    const claims = JSON.parse(Buffer.from(payload).toString("utf8")) as Record<string, unknown>;
    assert.deepEqual([claims["iss"], claims["service_type"]], ["677E-0001", "com.apple.maid"]);
    assert.equal(claims["iat"], Math.floor(rig.clock.now() / 1000));
    seen.add(claims["jti"]);
  }
  assert.equal(seen.size, 2);
  maid.delete(tenant);
});

test("a Mac that asks for declarations, which this server has none of, gets 404 for every endpoint", async () => {
  const mac = await enrolledMac(rig, tenant);
  for (const Endpoint of ["tokens", "declaration-items", "status", "declaration/configuration/a.b/c"]) {
    const answer = await mac.checkIn("DeclarativeManagement", { Endpoint, Data: Buffer.from("{}") });
    assert.deepEqual([answer.status, answer.bytes.length], [404, 0], Endpoint);
  }
});
