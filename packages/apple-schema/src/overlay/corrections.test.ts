import assert from "node:assert/strict";
import { test } from "node:test";
import { checkPayload } from "../check-payload.ts";
import { entryOf } from "../entries.ts";
import { checkInFacts, commandFacts, profileFacts } from "../facts.ts";
import type { KeySchema } from "../model.ts";
import { COMMANDS } from "../tables/commands.ts";
import { CORRECTIONS } from "./corrections.ts";

test("every correction has a reason and reaches the entry that it names", () => {
  for (const { kind, name, reason, os = {}, keys = [] } of CORRECTIONS) {
    assert.ok(reason.length > 30 && reason.endsWith("."), name);
    const entry = entryOf(kind, name);
    assert.ok(entry !== undefined, `${kind} ${name}`);
    for (const [fact, value] of Object.entries(os)) assert.equal(entry.os[fact as "removed"], value, `${name} ${fact}`);
    for (const { key, os: of = {} } of keys) {
      const corrected: readonly KeySchema[] = entry.keys.filter((candidate) => candidate.key === key);
      assert.equal(corrected.length, 1, `${name} ${key}`);
      for (const [fact, value] of Object.entries(of)) assert.equal(corrected[0]!.os?.[fact as "removed"], value);
    }
  }
});

test("software update by command and by profile ends with macOS 27", () => {
  for (const name of ["ScheduleOSUpdate", "ScheduleOSUpdateScan", "OSUpdateStatus", "AvailableOSUpdates"]) {
    assert.equal(commandFacts(name)!.os.removed, "27.0");
  }
  assert.equal(profileFacts("com.apple.SoftwareUpdate")!.os.removed, "27.0");
});

test("commands of macOS 27 that the table's release lacks are known", () => {
  assert.ok(!("TriggerEnhancedLogCollection" in COMMANDS));
  assert.equal(commandFacts("TriggerEnhancedLogCollection")!.os.introduced, "27.0");
  assert.deepEqual(checkPayload("TriggerEnhancedLogCollection", {}), [
    { path: "AppleCareToken", message: "is required", severity: "error" },
  ]);
  assert.equal(commandFacts("CancelEnhancedLogCollection")!.os.userChannel, true);
});

test("com.apple.psso.required is an answer since macOS 26", () => {
  const entry = entryOf("error", "com.apple.psso.required")!;
  assert.equal(entry.os.introduced, "26.0");
  const details = entry.keys.find(({ key }) => key === "details")!;
  assert.deepEqual(
    details.keys!.map(({ key }) => key),
    ["ProfileURL", "Package", "AuthURL"],
  );
});

test("ReturnToService is neither a check-in message nor a key of EraseDevice on macOS", () => {
  assert.equal(checkInFacts("ReturnToService")!.os.introduced, null);
  assert.match(checkPayload("EraseDevice", { ReturnToService: {} })[0]!.message, /does not exist on macOS/);
});

test("ValidateApplications and LogOutUser do not exist on macOS, RequestMirroring does", () => {
  assert.equal(commandFacts("ValidateApplications")!.os.introduced, null);
  assert.equal(commandFacts("LogOutUser")!.os.introduced, null);
  assert.equal(commandFacts("RequestMirroring")!.os.introduced, "10.10");
});

test("firmware passwords are for Intel, recovery locks and attestation for Apple silicon", () => {
  assert.equal(commandFacts("SetFirmwarePassword")!.os.chip, "intel");
  assert.equal(commandFacts("VerifyFirmwarePassword")!.os.chip, "intel");
  assert.equal(commandFacts("SetRecoveryLock")!.os.chip, "apple");
  assert.equal(commandFacts("VerifyRecoveryLock")!.os.chip, "apple");
  const nonce = commandFacts("DeviceInformation")!.keys.find(({ key }) => key === "DeviceAttestationNonce");
  assert.equal(nonce!.os!.chip, "apple");
});
