import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Renewal } from "@pomona/contract";
import type { TenantId } from "@pomona/facts";
import { getData, type PlistDictionary, parsePlist } from "@pomona/plist";
import { readDeviceBySerial } from "../../features/devices/index.ts";
import { certificateHash } from "../../features/tenants/index.ts";
import { systemScope } from "../../kernel/scope.ts";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { quietEnrolledMac } from "./testing/enroll-mac.ts";
import { type Identity, readProfile, requestIdentity, type TestMac } from "./testing/test-mac.ts";

const HOUR = 3_600_000;
let rig: DeviceRig;
let tenant: TenantId;
before(async () => {
  rig = await deviceRig();
});
after(() => rig[Symbol.asyncDispose]());

async function quietMac(): Promise<TestMac> {
  tenant = await rig.newTenant("Acme");
  return quietEnrolledMac(rig, tenant);
}
const sweep = () => rig.runJob("renewal/sweep");
const list = async () => ((await rig.act(tenant, "renewal.list-renewals", {})) as { items: Renewal[] }).items;
const isValid = async ({ certificate }: Identity) =>
  (await rig.authority.identifyHash(certificateHash(certificate.raw), rig.clock.now())).status;

/** How far an attempt gets before everything is dark. */
const STEPS = ["profile", "certificate", "authenticate"] as const;
type Step = (typeof STEPS)[number];

interface Offer {
  readonly uuid: string;
  readonly scepUrl: string;
  readonly challenge: string;
}

/** The profile that waits for the Mac, once the time between two attempts is over. */
async function offerFor(mac: TestMac): Promise<Offer> {
  rig.clock.advance(25 * HOUR);
  await sweep();
  await sweep();
  const { command } = await mac.poll();
  assert.equal(command?.requestType, "InstallProfile", "an offer comes after the one that broke off");
  return { uuid: command!.uuid, ...readProfile(getData(command!.payload, "Payload")!) };
}

/** A profile that comes a second time has a challenge that may be used up: the Mac says so, and gets another. */
async function identityFor(mac: TestMac): Promise<{ readonly uuid: string; readonly identity: Identity }> {
  for (let n = 0; n < 2; n += 1) {
    const { uuid, scepUrl, challenge } = await offerFor(mac);
    const { identity } = await requestIdentity(scepUrl, challenge);
    if (identity !== undefined) return { uuid, identity };
    await refuse(mac, uuid);
  }
  assert.fail("no offer has a challenge that is good");
}

async function refuse(mac: TestMac, uuid: string): Promise<void> {
  rig.clock.advance(1000);
  assert.equal((await mac.poll("Error", { CommandUUID: uuid, ErrorChain: [] })).status, 200);
}

/**
 * The next offer is taken, as far as `last`; then all is dark, and the Mac comes back with the identity that it had, as its
 * profile was not replaced. @returns the identity that came to nothing
 */
async function breakOff(mac: TestMac, last: Step): Promise<Identity | undefined> {
  if (last === "profile") {
    await offerFor(mac);
    return undefined;
  }
  const { uuid, identity } = await identityFor(mac);
  if (last === "certificate") return identity;
  const old = mac.identity;
  mac.identity = identity;
  rig.clock.advance(1000);
  assert.equal((await mac.authenticate()).status, 200);
  mac.identity = old;
  await refuse(mac, uuid);
  return identity;
}

async function renewed(mac: TestMac): Promise<void> {
  const { uuid, identity } = await identityFor(mac);
  const old = mac.identity!;
  mac.identity = identity;
  rig.clock.advance(1000);
  assert.equal((await mac.authenticate()).status, 200);
  rig.clock.advance(1000);
  assert.equal((await mac.tokenUpdate()).status, 200);
  assert.equal((await mac.acknowledge(uuid)).status, 200);
  assert.deepEqual(await list(), []);
  assert.deepEqual([await isValid(old), await isValid(mac.identity!)], ["revoked", "valid"]);
}

// Fault: with `previousPins` that hold the last pin alone, a second renewal that breaks off strands the Mac, and this is red.
for (const [at, first] of STEPS.entries()) {
  for (const second of STEPS.slice(at)) {
    test(`renewals that break off after ${first}, then after ${second}, leave the old identity in force; the third works`, async () => {
      const mac = await quietMac();
      const token = Buffer.alloc(72, 9);
      assert.equal((await mac.checkIn("SetBootstrapToken", { BootstrapToken: token })).status, 200);
      const scope = systemScope(tenant, "test");
      const { id } = (await rig.kernel.store.read(scope, (tx) => readDeviceBySerial(tx, mac.serialNumber)))!;
      await rig.act(tenant, "renewal.renew-device", { deviceId: id });
      const broken = [await breakOff(mac, first), await breakOff(mac, second)];
      rig.clock.advance(1000);
      assert.equal((await mac.tokenUpdate()).status, 200, "the old identity still speaks for the Mac");
      await renewed(mac);
      for (const identity of broken) if (identity !== undefined) assert.notEqual(await isValid(identity), "valid");
      rig.clock.advance(1000);
      const held = parsePlist((await mac.checkIn("GetBootstrapToken")).bytes);
      assert.deepEqual(Buffer.from(getData(held as PlistDictionary, "BootstrapToken")!), token);
    });
  }
}

test("a Mac that goes on with an identity whose TokenUpdate never arrived is not stranded by the next one that breaks off", async () => {
  const mac = await quietMac();
  const scope = systemScope(tenant, "test");
  const { id } = (await rig.kernel.store.read(scope, (tx) => readDeviceBySerial(tx, mac.serialNumber)))!;
  await rig.act(tenant, "renewal.renew-device", { deviceId: id });
  const second = await breakOff(mac, "authenticate");
  mac.identity = second;
  await breakOff(mac, "authenticate");
  rig.clock.advance(1000);
  assert.equal((await mac.poll()).status, 200);
  await renewed(mac);
});
