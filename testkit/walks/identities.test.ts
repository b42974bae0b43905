import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import path from "node:path";
import { test } from "node:test";
import {
  listIdentities,
  listRenewals,
  listTimeline,
  renewDevice,
  revokeCertificate,
  showDevice,
} from "@pomona/contract";
import type { VirtualMac } from "@pomona/testkit";
import { eventually, openStage } from "./stage.ts";
import { deviceOf, macOnline } from "./walk.ts";

const certificateOf = (mac: VirtualMac): string => mac.mdm.state!.identity.certificate;

test("walk: a Mac that is told to renew comes with a new identity, whenever it acknowledges, and goes on working with it", {
  timeout: 180_000,
}, async () => {
  await using stage = await openStage();
  for (const when of ["after", "before", "never"] as const) {
    const mac = await stage.enrolledMac();
    const device = await eventually("the device", () => deviceOf(stage, mac, ({ mdm }) => mdm.enrolled));
    const deviceId = device.id;
    const old = certificateOf(mac);
    mac.mdm.misbehaviour.renewalAcknowledgement = when;
    await stage.api.call(renewDevice, { deviceId });
    const identities = await eventually(
      `renewed, acknowledging ${when}`,
      async () => {
        const { items } = await stage.api.call(listIdentities, { deviceId });
        // The agent may have got its own in the meantime.
        const ofMdm = items.filter(({ role }) => role === "mdm");
        const live = ofMdm.filter(({ revokedAt }) => revokedAt === null);
        return ofMdm.length === 2 && live.length === 1 ? ofMdm : undefined;
      },
      60_000,
    );
    assert.equal(identities.find(({ revokedAt }) => revokedAt !== null)?.reason, "superseded");
    await eventually("nothing is left to renew", async () =>
      (await stage.api.call(listRenewals, {})).items.length === 0 ? true : undefined,
    );
    assert.notEqual(certificateOf(mac), old);
    await mac.mdm.connect();
    const { items } = await stage.api.call(listTimeline, { deviceId, limit: 1000 });
    assert.equal(items.filter(({ type }) => type === "identity.renewed").length, 1);
    assert.equal(items.filter(({ type }) => type === "device.enrolled").length, 1, "it is the same enrollment");
  }
});

test("walk: a clone is noticed by its push token, or by its hardware, and named once", {
  timeout: 180_000,
}, async () => {
  await using stage = await openStage();
  const quarantined = (mac: VirtualMac) =>
    eventually("quarantine", () => deviceOf(stage, mac, ({ quarantine }) => quarantine !== null));
  const named = async (deviceId: string) =>
    (await stage.api.call(listTimeline, { deviceId, limit: 1000 })).items.filter(
      ({ type }) => type === "device.quarantined",
    ).length;

  const first = await stage.enrolledMac();
  await using twin = await first.clone(path.join(stage.folder, `twin-${randomUUID()}`));
  // What starts anew registers with APNs, which gives it a token of its own.
  twin.mdm.use({ ...twin.mdm.state!, pushToken: randomBytes(32).toString("hex") });
  for (let round = 0; round < 3; round += 1) {
    await twin.mdm.updateToken();
    // Signing times have whole seconds: within one, the same words are the same message.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await first.mdm.updateToken();
  }
  const held = await quarantined(first);
  assert.match(held.quarantine ?? "", /push token .* took turns/);
  assert.equal(await named(held.id), 1);

  const second = await stage.enrolledMac();
  await using restored = await second.clone(path.join(stage.folder, `restored-${randomUUID()}`));
  Object.assign(restored.model, { udid: randomUUID().toUpperCase() });
  for (let round = 0; round < 3; round += 1) {
    await restored.mdm.connect().catch(() => undefined);
    await second.mdm.connect();
  }
  const other = await quarantined(second);
  assert.ok(other.quarantine?.includes(second.model.udid) && other.quarantine.includes(restored.model.udid));
  assert.equal(await named(other.id), 1);
});

test("walk: an agent whose certificate is revoked is cut off at once and does not come back", {
  timeout: 180_000,
}, async () => {
  await using stage = await openStage();
  const { deviceId } = await macOnline(stage, { agentMode: "in-process" });
  const { items } = await stage.api.call(listIdentities, { deviceId });
  const agent = items.find(({ role }) => role === "agent");
  await stage.api.call(revokeCertificate, { hash: agent!.hash, reason: "keyCompromise" });
  const isOnline = async () => (await stage.api.call(showDevice, { deviceId })).agent.online;
  await eventually("the wire is cut", async () => ((await isOnline()) ? undefined : true));
  for (let look = 0; look < 10; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(await isOnline(), false);
  }
});
