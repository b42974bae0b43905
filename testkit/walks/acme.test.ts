import assert from "node:assert/strict";
import { test } from "node:test";
import { createInvitation, renewDevice, sendCommand, showAttestation } from "@pomona/contract";
import { makeMacModel, openAttestationAuthority, Refused } from "@pomona/testkit";
import { eventually, openStage } from "./stage.ts";
import { deviceOf } from "./walk.ts";

/** Apple silicon with macOS 15. */
function appleSilicon(seed: string) {
  const model = makeMacModel(seed);
  model.hardware = { ...model.hardware, isAppleSilicon: true };
  model.os = { ...model.os, version: "15.1" };
  return model;
}

test("walk: Macs enroll with an attested key in their hardware, by signatures and by client certificates; others cannot", {
  timeout: 120_000,
}, async () => {
  const attestation = openAttestationAuthority();
  await using stage = await openStage({ attestationRoots: attestation.rootPem });
  const invite = async (serialNumber: string) =>
    (await stage.api.call(createInvitation, { name: "Attested", serialNumber, identity: "acme" as const })).url;

  for (const identityMode of ["signature", "client-certificate"] as const) {
    const model = appleSilicon(`acme ${identityMode}`);
    const mac = await stage.mac({ model, attestation, identityMode });
    await mac.enroll(await invite(model.serialNumber), { ca: stage.ca });
    assert.ok(mac.isEnrolled);
    await mac.mdm.connect();
    const device = await deviceOf(stage, mac, ({ mdm }) => mdm.enrolled);
    assert.ok(device);
    const { attestation: shown } = await stage.api.call(showAttestation, { deviceId: device.id });
    assert.ok(shown !== null);
    assert.equal(shown.serialNumber, model.serialNumber);
    assert.equal(shown.provisioningUdid, model.provisioningUdid);
    assert.notEqual(shown.provisioningUdid, device.mdm.udid);
    assert.equal(shown.osVersion, "15.1");
    assert.equal(shown.systemIntegrityProtection, model.sip);
    // Renewed as it came: another key, attested again.
    const before = mac.mdm.state!.identity.certificate;
    await stage.api.call(renewDevice, { deviceId: device.id });
    await eventually("the renewed identity", async () => {
      await mac.mdm.connect();
      return mac.mdm.state!.identity.certificate === before ? undefined : true;
    });
    const { attestation: again } = await stage.api.call(showAttestation, { deviceId: device.id });
    assert.ok(again !== null && again.attestedAt > shown.attestedAt);
    await mac.mdm.connect();
    assert.ok(mac.isEnrolled);
    const attestationNonce = Buffer.alloc(32, identityMode.length).toString("base64");
    await stage.api.call(sendCommand, {
      deviceId: device.id,
      requestType: "DeviceInformation",
      input: { attestationNonce },
    });
    await mac.mdm.connect();
    const { attestation: asked, refused } = await stage.api.call(showAttestation, { deviceId: device.id });
    assert.deepEqual([asked?.by, asked?.serialNumber, refused], ["DeviceInformation", model.serialNumber, null]);
    await assert.rejects(stage.otherApi.call(showAttestation, { deviceId: device.id }), /404/);
  }

  const thief = await stage.mac({ model: appleSilicon("thief"), attestation });
  await assert.rejects(thief.enroll(await invite("C02SOMEONE"), { ca: stage.ca }), Refused);
  assert.ok(!thief.isEnrolled);
  const forger = await stage.mac({ model: appleSilicon("forger"), attestation: openAttestationAuthority() });
  await assert.rejects(forger.enroll(await invite(forger.model.serialNumber), { ca: stage.ca }), Refused);
  const intel = appleSilicon("intel");
  intel.hardware = { ...intel.hardware, isAppleSilicon: false };
  const old = await stage.mac({ model: intel, attestation });
  await assert.rejects(old.enroll(await invite(intel.serialNumber), { ca: stage.ca }), Refused);
});
