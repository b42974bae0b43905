import assert from "node:assert/strict";
import { test } from "node:test";
import { type PlistDictionary, PlistReal, type PlistValue } from "@pomona/plist";
import fc from "fast-check";
import { checkPayload, checkProfilePayload } from "./check-payload.ts";
import { commandFacts, commandNames, profileFacts } from "./facts.ts";
import type { KeySchema } from "./model.ts";
import { fitting } from "./testing/arbitrary.ts";

const errorsOf = (requestType: string, payload: PlistDictionary) =>
  checkPayload(requestType, payload).filter(({ severity }) => severity === "error");

test("whatever the tables allow is accepted, for every command", () => {
  for (const requestType of commandNames()) {
    const payloads = fitting(commandFacts(requestType)!);
    fc.assert(
      fc.property(payloads, (payload) => {
        assert.deepEqual(errorsOf(requestType, payload), []);
      }),
      { numRuns: 30 },
    );
  }
});

test("a required key that is left out is an error that names it, for every command", () => {
  let planted = 0;
  for (const requestType of commandNames()) {
    const entry = commandFacts(requestType)!;
    for (const { key } of entry.keys.filter(({ required, os }) => required === true && os?.introduced !== null)) {
      const [payload] = fc.sample(fitting(entry), 1);
      const { [key]: _, ...rest } = payload!;
      assert.ok(
        errorsOf(requestType, rest).some(({ path, message }) => path === key && message === "is required"),
        `${requestType}.${key}`,
      );
      planted += 1;
    }
  }
  assert.ok(planted > 15, `${planted}`);
});

/** Values of every type but this one. */
function wrongValues(key: KeySchema): readonly PlistValue[] {
  const all: readonly [KeySchema["type"], PlistValue][] = [
    ["string", "text"],
    ["integer", 7],
    ["boolean", true],
    ["date", new Date(0)],
    ["data", Uint8Array.of(1)],
    ["array", []],
    ["dictionary", {}],
  ];
  return all
    .filter(([type]) => type !== key.type && !(key.type === "real" && type === "integer"))
    .map(([, value]) => value);
}

test("a value of another type is an error, for every key of every command", () => {
  for (const requestType of commandNames()) {
    for (const key of commandFacts(requestType)!.keys) {
      if (key.type === "any" || key.os?.introduced === null) continue;
      for (const value of wrongValues(key)) {
        assert.ok(
          errorsOf(requestType, { [key.key]: value }).some(({ path }) => path === key.key),
          `${requestType}.${key.key}`,
        );
      }
    }
  }
});

test("values out of range, out of the list or in another form are errors", () => {
  const update = (more: PlistDictionary) => ({ Updates: [{ InstallAction: "Default", ...more }] });
  assert.deepEqual(errorsOf("ScheduleOSUpdate", update({})), []);
  assert.deepEqual(errorsOf("ScheduleOSUpdate", update({ Priority: "Higher" })), [
    { path: "Updates[0].Priority", message: "must be one of Low, High", severity: "error" },
  ]);
  const scan = { RequestType: "RequestMirroring", ScanTime: "7" };
  assert.deepEqual(checkPayload("RequestMirroring", scan), [
    { path: "ScanTime", message: "must be an integer", severity: "error" },
  ]);
});

test("ranges hold for integers, big integers and reals, and a value that is no number is out of each", () => {
  for (const value of [1279, 1401, 99_999_999_999n]) assert.ok(mtu(value).length > 0, String(value));
  for (const value of [1280, 1400, 1300n]) assert.deepEqual(mtu(value), []);
  const contrast = (value: number) =>
    checkProfilePayload({ ...common("com.apple.universalaccess"), contrast: new PlistReal(value) });
  assert.deepEqual(contrast(0.5), []);
  for (const value of [1.01, -0.01, Number.NaN]) assert.equal(contrast(value)[0]?.path, "contrast", String(value));
});

const common = (type: string): PlistDictionary => ({
  PayloadType: type,
  PayloadVersion: 1,
  PayloadIdentifier: "io.pomona.test",
  PayloadUUID: "8B3B6A0E-0000-4000-8000-000000000001",
});
/** Problems of the MTU of an IKEv2 connection, 1280 to 1400. */
const mtu = (value: PlistValue) =>
  checkProfilePayload({ ...common("com.apple.vpn.managed"), IKEv2: { MTU: value } }).filter(
    ({ path }) => path === "IKEv2.MTU",
  );

test("a format holds for the whole of a text, whichever side of its bar it fits", () => {
  const wifi = (text: string) =>
    checkProfilePayload({ ...common("com.apple.wifi.managed"), RoamingConsortiumOIs: [text] }).filter(
      ({ path }) => path === "RoamingConsortiumOIs[0]",
    );
  for (const text of ["123456", "123456789"]) assert.deepEqual(wifi(text), []);
  for (const text of ["1234567", "12345678", "x123456789", "", "1".repeat(100_000)]) assert.equal(wifi(text).length, 1);
});

test("an array with fewer or more items than it must have is an error", () => {
  const subject = (pair: readonly string[]) =>
    checkProfilePayload({
      ...common("com.apple.security.scep"),
      PayloadContent: { URL: "https://h/scep", Subject: [[pair]] },
    });
  assert.deepEqual(subject(["CN", "Mac"]), []);
  for (const pair of [["CN"], ["CN", "Mac", "x"]]) assert.equal(subject(pair)[0]?.path, "PayloadContent.Subject[0][0]");
});

test("a real where an integer belongs is an error, an integer where a real belongs is not", () => {
  assert.ok(mtu(new PlistReal(1300)).length > 0);
});

test("an unknown key is a warning with the nearest known name", () => {
  assert.deepEqual(checkPayload("DeviceLock", { Mesage: "x" }), [
    {
      path: "Mesage",
      message: "is not a key of DeviceLock that is known; did you mean Message?",
      severity: "warning",
    },
  ]);
  assert.deepEqual(checkPayload("DeviceLock", { entirelyDifferent: 1 }), [
    { path: "entirelyDifferent", message: "is not a key of DeviceLock that is known", severity: "warning" },
  ]);
});

test("a query that is not known is a warning, since a newer macOS may answer it", () => {
  assert.deepEqual(checkPayload("DeviceInformation", { Queries: ["OSVersion", "IsSupervized"] }), [
    { path: "Queries[1]", message: "is not a value that is known; did you mean IsSupervised?", severity: "warning" },
  ]);
});

test("a key that macOS does not have, or this macOS not yet, is a warning", () => {
  assert.deepEqual(checkPayload("EraseDevice", { PreserveDataPlan: true }), [
    {
      path: "PreserveDataPlan",
      message: "has no effect: PreserveDataPlan does not exist on macOS",
      severity: "warning",
    },
  ]);
  const payload = { ObliterationBehavior: "Always" };
  assert.equal(checkPayload("EraseDevice", payload, "12.0").length, 0);
  assert.match(checkPayload("EraseDevice", payload, "11.7")[0]!.message, /needs macOS 12\.0 or later/);
});

test("an item of Settings is checked as the setting that it names", () => {
  const settings = (item: PlistDictionary) => checkPayload("Settings", { Settings: [item] });
  assert.deepEqual(settings({ Item: "DeviceName", DeviceName: "Front desk" }), []);
  assert.deepEqual(settings({ Item: "DeviceName", DeviceName: 4 }), [
    { path: "Settings[0].DeviceName", message: "must be a string", severity: "error" },
  ]);
  assert.match(settings({ Item: "DeviceNam", DeviceName: "x" })[0]!.message, /^is none of .*DeviceName/);
  assert.match(settings({ DeviceName: "x" })[0]!.message, /^is none of /);
});

test("a profile's payload is checked with the keys that every payload has", () => {
  assert.deepEqual(checkProfilePayload(common("com.apple.dock")), []);
  const { PayloadUUID: _, ...without } = common("com.apple.dock");
  assert.deepEqual(checkProfilePayload(without), [{ path: "PayloadUUID", message: "is required", severity: "error" }]);
  assert.deepEqual(checkProfilePayload({}), [{ path: "PayloadType", message: "is required", severity: "error" }]);
  assert.equal(checkProfilePayload({ PayloadType: "com.example.unheard-of" })[0]!.severity, "warning");
});

test("keys that hold themselves are checked at every depth", () => {
  // com.apple.applicationaccess.new: an application's sub-applications are applications.
  const inner = (value: PlistValue): PlistDictionary => ({
    ...common("com.apple.applicationaccess.new"),
    whiteList: value as never,
  });
  const item = (more: PlistDictionary): PlistDictionary => ({ bundleID: "b", appID: Uint8Array.of(1), ...more });
  const path = "whiteList[0].subApps[0].subApps[0].bundleID";
  const deep = checkProfilePayload(inner([item({ subApps: [item({ subApps: [item({ bundleID: 5 })] })] })]));
  assert.ok(
    deep.some((problem) => problem.path === path && problem.severity === "error"),
    JSON.stringify(deep),
  );
});

test("six files describe com.apple.MCX, and a payload may have the keys of any of them", () => {
  const names = profileFacts("com.apple.MCX")!.keys.map((one) => one.key);
  assert.ok(names.includes("DisableGuestAccount") && names.includes("dontAllowFDEDisable"), names.join());
});

test("a hostile payload gets a bounded list of problems, in which errors come before warnings are cut", () => {
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`K${n}`, n]));
  const problems = checkPayload("DeviceLock", { ...many, ["\u0007".repeat(5000)]: 1, PIN: 5 });
  assert.ok(problems.length <= 100);
  for (const { path } of problems) assert.ok(path.length <= 110 && /^[\x20-\x7e]*$/.test(path));
});

test("a payload that says another request type is refused", () => {
  assert.equal(checkPayload("DeviceLock", { RequestType: "EraseDevice" })[0]!.severity, "error");
});
