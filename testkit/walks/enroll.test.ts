import assert from "node:assert/strict";
import { test } from "node:test";
import {
  listApplications,
  listCertificates,
  listCommands,
  listDevices,
  listProfiles,
  showDevice,
} from "@pomona/contract";
import { eventually, openStage } from "./stage.ts";

test("enroll: a Mac opens a link, enrolls over Apple's protocol, and the device page fills from its answers", async () => {
  await using stage = await openStage();
  const mac = await stage.enrolledMac();
  const { serialNumber } = mac.model;
  const device = await eventually("the device with its facts", async () => {
    const { items } = await stage.api.call(listDevices, { q: serialNumber });
    return items.find((item) => item.facts.sip !== undefined);
  });
  assert.equal(device.serialNumber, serialNumber);
  assert.equal(device.mdm.enrolled, true);
  assert.equal(device.mdm.pushable, true);
  assert.equal(device.osVersion, mac.model.os.version);
  const deviceId = device.id;
  const states = await eventually("all five questions answered", async () => {
    const { items } = await stage.api.call(listCommands, { deviceId });
    const five = ["DeviceInformation", "SecurityInfo", "InstalledApplicationList", "ProfileList", "CertificateList"];
    const answered = items.filter((item) => five.includes(item.requestType) && item.state === "acknowledged");
    return answered.length === 5 ? answered : undefined;
  });
  assert.equal(states.length, 5);
  for (const [list, what] of [
    [listApplications, "applications"],
    [listProfiles, "profiles"],
    [listCertificates, "certificates"],
  ] as const) {
    const { items } = await stage.api.call(list, { deviceId });
    assert.ok(items.length > 0, what);
  }
  await assert.rejects(stage.otherApi.call(showDevice, { deviceId }), /404 device.not-found/);
});
