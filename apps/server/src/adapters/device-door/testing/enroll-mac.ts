import type { TenantId } from "@pomona/facts";
import type { DeviceRig } from "./device-rig.ts";
import { type ReadProfile, readProfile, requestIdentity, TestMac } from "./test-mac.ts";

/** Fetches an enrollment profile from the portal. */
export async function fetchProfile(rig: DeviceRig, invitation: string): Promise<ReadProfile> {
  const answer = await rig.portal(`${invitation}/profile`);
  if (answer.status !== 200) throw new Error(`the portal answered ${answer.status}`);
  return readProfile(answer.body as Uint8Array);
}

/** A Mac that has an identity and has not said anything yet. */
export async function invitedMac(
  rig: DeviceRig,
  tenantId: TenantId,
  mac = new TestMac(rig.plainUrl),
): Promise<TestMac> {
  const profile = await fetchProfile(rig, await rig.invite(tenantId));
  const { identity } = await requestIdentity(profile.scepUrl, profile.challenge);
  mac.identity = identity;
  mac.topic = profile.topic;
  return mac;
}

/** A Mac that is enrolled, its first commands in the queue. */
export async function enrolledMac(rig: DeviceRig, tenantId: TenantId): Promise<TestMac> {
  const mac = await invitedMac(rig, tenantId);
  const first = await mac.authenticate();
  const second = await mac.tokenUpdate();
  if (first.status !== 200 || second.status !== 200) throw new Error(`enrolling got ${first.status}, ${second.status}`);
  await rig.settle();
  return mac;
}

/** Acknowledges all that waits. @returns the request types in their order */
export async function drain(mac: TestMac): Promise<readonly string[]> {
  const types: string[] = [];
  let answer = await mac.poll();
  while (answer.command !== undefined) {
    types.push(answer.command.requestType);
    answer = await mac.acknowledge(answer.command.uuid);
  }
  return types;
}

/** An enrolled Mac whose first commands are done and whose clock is the server's. */
export async function quietEnrolledMac(rig: DeviceRig, tenant: TenantId): Promise<TestMac> {
  const mac = await enrolledMac(rig, tenant);
  mac.clock = () => rig.clock.now();
  rig.clock.advance(60_000);
  await drain(mac);
  return mac;
}
