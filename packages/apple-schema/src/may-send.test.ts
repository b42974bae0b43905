import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareVersions } from "./compare-versions.ts";
import { commandNames } from "./facts.ts";
import { maySend } from "./may-send.ts";
import type { SendTarget } from "./send-target.ts";

const target = (more: Partial<SendTarget> = {}): SendTarget => ({
  osVersion: "15.1",
  channel: "device",
  isSupervised: true,
  isUserApproved: true,
  enrollmentType: "automated",
  accessRights: 8191,
  chip: "apple",
  ...more,
});
const reason = (requestType: string, more: Partial<SendTarget> = {}): string | undefined => {
  const answer = maySend(requestType, target(more));
  return answer.ok ? undefined : answer.reason;
};

test("the reason of a refusal is a sentence that a technician understands", () => {
  const cases: readonly [string, Partial<SendTarget>, string][] = [
    [
      "SetFirmwarePassword",
      {},
      "SetFirmwarePassword works on Macs with Intel processors only; this one has Apple silicon",
    ],
    [
      "SetRecoveryLock",
      { chip: "intel" },
      "SetRecoveryLock works on Macs with Apple silicon only; this one has an Intel processor",
    ],
    [
      "ScheduleOSUpdate",
      { osVersion: "27.0" },
      "ScheduleOSUpdate does not exist any more since macOS 27.0; this Mac has 27.0",
    ],
    [
      "EnableRemoteDesktop",
      { osVersion: "10.14" },
      "EnableRemoteDesktop needs macOS 10.14.4 or later; this Mac has 10.14",
    ],
    ["ValidateApplications", {}, "ValidateApplications does not exist on macOS"],
    ["LogOutUser", {}, "LogOutUser does not exist on macOS"],
    ["EnableRemoteDesktop", { isSupervised: false }, "EnableRemoteDesktop needs a supervised Mac; this one is not"],
    [
      "AccountConfiguration",
      { enrollmentType: "device" },
      "AccountConfiguration needs automated enrollment, and this Mac was enrolled by hand",
    ],
    ["DeviceLock", { enrollmentType: "user" }, "DeviceLock is not allowed on a User Enrollment, which this Mac has"],
    ["DeviceLock", { channel: "user" }, "DeviceLock goes to the Mac itself, not to a user's channel"],
    [
      "NSExtensionMappings",
      {},
      "NSExtensionMappings goes to the channel of a logged-in user only, not to the Mac itself",
    ],
    [
      "EraseDevice",
      { accessRights: 8191 - 8 },
      "EraseDevice needs the access right AllowDeviceErase, which this enrollment did not get",
    ],
    ["NoSuchThing", {}, "Apple documents no command NoSuchThing"],
  ];
  for (const [requestType, more, expected] of cases) assert.equal(reason(requestType, more), expected);
});

test("what is not known of a Mac never refuses a command that macOS has", () => {
  const unknown: Partial<SendTarget> = {
    osVersion: null,
    isSupervised: null,
    isUserApproved: null,
    enrollmentType: null,
    accessRights: null,
    chip: null,
  };
  for (const requestType of commandNames()) {
    const onDevice = maySend(requestType, target({ ...unknown, channel: "device" }));
    const onUser = maySend(requestType, target({ ...unknown, channel: "user" }));
    assert.ok(onDevice.ok || onUser.ok, requestType);
  }
  assert.equal(reason("SetFirmwarePassword", { osVersion: "unknown", chip: null }), undefined);
});

test("AccountConfiguration, SetAutoAdminPassword and DeviceConfigured need automated enrollment", () => {
  for (const requestType of ["AccountConfiguration", "SetAutoAdminPassword", "DeviceConfigured"]) {
    assert.equal(reason(requestType), undefined);
    assert.match(reason(requestType, { enrollmentType: "device" })!, /automated enrollment/);
  }
});

test("learning one more thing of a Mac never makes a refused command possible", () => {
  const known = fc.record({
    osVersion: fc.constantFrom("10.12", "12.3", "15.1", "26.0", "27.1"),
    channel: fc.constantFrom("device" as const, "user" as const),
    isSupervised: fc.boolean(),
    isUserApproved: fc.boolean(),
    enrollmentType: fc.constantFrom("device" as const, "automated" as const, "user" as const),
    accessRights: fc.integer({ min: 0, max: 8191 }),
    chip: fc.constantFrom("apple" as const, "intel" as const),
  });
  const forgotten = fc.constantFrom(
    "osVersion",
    "isSupervised",
    "isUserApproved",
    "enrollmentType",
    "accessRights",
    "chip",
  );
  fc.assert(
    fc.property(fc.constantFrom(...commandNames()), known, forgotten, (requestType, all, one) => {
      if (!maySend(requestType, { ...all, [one]: null }).ok) assert.ok(!maySend(requestType, all).ok);
    }),
  );
});

test("versions compare number by number, and what follows the numbers does not count", () => {
  assert.ok(compareVersions("10.9", "10.15") < 0);
  assert.ok(compareVersions("26.0", "15.7.2") > 0);
  assert.equal(compareVersions("15", "15.0.0"), 0);
  assert.equal(compareVersions("15.1 (a)", "15.1"), 0);
  assert.ok(compareVersions("15.0.1", "15") > 0);
  const version = fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(version, version, (a, b) => {
      const length = Math.max(a.length, b.length);
      const at =
        Array.from({ length }, (_, n) => (a[n] ?? 0) - (b[n] ?? 0)).find((difference) => difference !== 0) ?? 0;
      assert.equal(Math.sign(compareVersions(a.join("."), b.join("."))), Math.sign(at));
    }),
  );
});
