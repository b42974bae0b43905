import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { buildBinaryPlist, buildXmlPlist, type PlistDictionary } from "@pomona/plist";
import { silentLog } from "../log.ts";
import { parseSettings } from "./parse-settings.ts";
import { readSettingsFile } from "./settings-file.ts";

const SETTINGS = {
  ServerURL: "https://mdm.example.com:8444",
  BrokerURL: "mqtts://mdm.example.com:8883",
  TenantID: "0190a000-0000-7000-8000-000000000001",
  DeviceID: "0190a000-0000-7000-8000-000000000002",
  Roots: "-----BEGIN CERTIFICATE-----",
  Nudge: "1",
};

describe("the settings", () => {
  it("are read from XML and binary, and unknown keys passed by", () => {
    const given: PlistDictionary = { ...SETTINGS, EnrollmentToken: "t".repeat(30), PayloadUUID: "x", Extra: [1, true] };
    const expected = { ...SETTINGS, EnrollmentToken: "t".repeat(30) };
    assert.deepEqual(parseSettings(buildXmlPlist(given)), expected);
    assert.deepEqual(parseSettings(buildBinaryPlist(given)), expected);
  });

  it("are refused when one is missing, of another type, or leads elsewhere than to https and mqtts", () => {
    const { Nudge: _, ...short } = SETTINGS;
    const cases: PlistDictionary[] = [
      short,
      { ...SETTINGS, Nudge: 1 },
      { ...SETTINGS, ServerURL: "http://mdm.example.com" },
      { ...SETTINGS, ServerURL: "https://user:pass@mdm.example.com" },
      { ...SETTINGS, BrokerURL: "mqtt://mdm.example.com" },
      { ...SETTINGS, DeviceID: "../../etc" },
      { ...SETTINGS, TenantID: "#" },
    ];
    for (const settings of cases) assert.throws(() => parseSettings(buildXmlPlist(settings)), JSON.stringify(settings));
    assert.throws(() => parseSettings(Buffer.from("<plist>")));
    assert.throws(() => parseSettings(buildXmlPlist(["no", "dictionary"])));
  });
});

describe("the settings file", () => {
  let folder: string;
  let file: string;
  const write = (over: PlistDictionary = {}) => {
    writeFileSync(`${file}.new`, buildXmlPlist({ ...SETTINGS, ...over }));
    renameSync(`${file}.new`, file);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pomona-settings-"));
    file = join(folder, "io.pomona.agent.plist");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is watched, and a change is told once", async () => {
    write();
    const source = readSettingsFile(file, silentLog);
    assert.equal(source.read()?.Nudge, "1");
    let changes = 0;
    await new Promise<void>((resolve) => {
      const stop = source.watch(() => {
        changes += 1;
        if (source.read()?.Nudge !== "2") return;
        stop();
        resolve();
      });
      write({ Nudge: "2" });
    });
    assert.equal(changes, 1);
  });

  it("is found when its folder comes later, by the slow look", async () => {
    const later = join(folder, "later");
    file = join(later, "io.pomona.agent.plist");
    const source = readSettingsFile(file, silentLog, 30);
    await new Promise<void>((resolve) => {
      const stop = source.watch(() => {
        stop();
        resolve();
      });
      mkdirSync(later);
      write();
    });
    assert.equal(source.read()?.Nudge, "1");
  });

  it("keeps the last settings when what replaces them is broken or gone", async () => {
    write();
    const source = readSettingsFile(file, silentLog, 20);
    const stop = source.watch(() => assert.fail("nothing valid changed"));
    writeFileSync(file, "half a pl");
    await new Promise((resolve) => setTimeout(resolve, 80));
    rmSync(file);
    await new Promise((resolve) => setTimeout(resolve, 80));
    stop();
    assert.equal(source.read()?.Nudge, "1");
  });

  it("is not believed when everybody may write it, when it is a link, or when it is huge", () => {
    write();
    chmodSync(file, 0o666);
    assert.equal(readSettingsFile(file, silentLog).read(), undefined);
    chmodSync(file, 0o644);
    const link = join(folder, "link.plist");
    symlinkSync(file, link);
    assert.equal(readSettingsFile(link, silentLog).read(), undefined);
    assert.equal(readSettingsFile(file, silentLog).read()?.Nudge, "1");
    write({ Roots: "x".repeat(300_000) });
    assert.equal(readSettingsFile(file, silentLog).read(), undefined);
    assert.equal(readSettingsFile(folder, silentLog).read(), undefined);
  });
});
