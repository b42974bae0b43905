import assert from "node:assert/strict";
import { test } from "node:test";
import { buildXmlPlist, type PlistDictionary, parsePlist } from "@pomona/plist";
import { identifierOf, isCheckInType, readCheckIn, readReport } from "./index.ts";

const SHARED = "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF";
const identifier = (message: PlistDictionary) => {
  const found = identifierOf(message);
  return found.ok
    ? `${found.value.channel} ${found.value.identifier} of ${found.value.deviceIdentifier}`
    : found.reason;
};

test("case 2: a check-in is known by the beginning of its Content-Type, all else is a poll", () => {
  // fault: only the bare Content-Type is a check-in
  assert.equal(isCheckInType("application/x-apple-aspen-mdm-checkin"), true);
  assert.equal(isCheckInType("application/x-apple-aspen-mdm-checkin; charset=UTF-8"), true);
  for (const other of [undefined, "", "application/x-apple-aspen-mdm", "nonsense", "text/plain"]) {
    assert.equal(isCheckInType(other), false, String(other));
  }
});

test("case 13: UDID wins over EnrollmentID", () => {
  // fault: EnrollmentID wins over UDID
  assert.equal(identifier({ UDID: "A", EnrollmentID: "B" }), "device A of A");
});

test("case 14: identifiers follow Apple's table", () => {
  // fault: the user of a User Enrollment is looked for under UserID
  assert.equal(identifier({ UDID: "A" }), "device A of A");
  assert.equal(identifier({ UDID: "A", UserID: "U" }), "user A:U of A");
  assert.equal(identifier({ UDID: "A", UserID: SHARED, UserShortName: "ann" }), "user A:ann of A");
  assert.equal(identifier({ EnrollmentID: "E" }), "device E of E");
  assert.equal(identifier({ EnrollmentID: "E", EnrollmentUserID: "U" }), "user E:U of E");
});

test("case 12: neither UDID nor EnrollmentID cannot be read, nor can an unprintable or endless one", () => {
  assert.equal(identifier({ UserID: "U" }), "neither UDID nor EnrollmentID");
  assert.equal(identifier({ UDID: "" }), "neither UDID nor EnrollmentID");
  assert.equal(identifier({ UDID: "a\nb" }), "neither UDID nor EnrollmentID");
  assert.equal(identifier({ UDID: "a\u0085b" }), "neither UDID nor EnrollmentID");
  assert.equal(identifier({ UDID: "x".repeat(300) }), "neither UDID nor EnrollmentID");
});

test("case 12: an unknown MessageType and a report without Status cannot be read", () => {
  // fault: an unknown MessageType counts as a CheckOut
  assert.equal(readCheckIn({ MessageType: "ReturnToService", UDID: "A" }).ok, false);
  assert.equal(readCheckIn({ UDID: "A" }).ok, false);
  assert.equal(readCheckIn("text").ok, false);
  assert.equal(readReport({ UDID: "A" }).ok, false);
  assert.equal(readReport({ Status: "Perhaps", UDID: "A" }).ok, false);
});

test("case 47: a report other than Idle names its command", () => {
  // fault: a report may name no command
  for (const Status of ["Acknowledged", "NotNow", "Error", "CommandFormatError"]) {
    assert.equal(readReport({ Status, UDID: "A" }).ok, false, Status);
    assert.equal(readReport({ Status, UDID: "A", CommandUUID: "1" }).ok, true, Status);
  }
  assert.equal(readReport({ Status: "Idle", UDID: "A" }).ok, true);
});

test("an Authenticate needs no more than topic and identifiers", () => {
  const read = readCheckIn({ MessageType: "Authenticate", Topic: "t", UDID: "A" });
  assert.ok(read.ok && read.value.messageType === "Authenticate");
  assert.equal(read.value.serialNumber, undefined);
});

test("case 31: a push token may be of any length, but not empty", () => {
  // fault: push tokens have 32 bytes
  const message = (Token: Uint8Array) =>
    readCheckIn({ MessageType: "TokenUpdate", Topic: "t", UDID: "A", PushMagic: "m", Token });
  for (const length of [1, 32, 100]) assert.equal(message(new Uint8Array(length)).ok, true, String(length));
  assert.equal(message(new Uint8Array()).ok, false);
});

test("case 36: a bootstrap token that is missing or empty is read as none", () => {
  // fault: an empty bootstrap token is kept as a token
  const message = (keys: PlistDictionary) => readCheckIn({ MessageType: "SetBootstrapToken", UDID: "A", ...keys });
  for (const keys of [{}, { BootstrapToken: new Uint8Array() }]) {
    const read = message(keys);
    assert.ok(read.ok && read.value.messageType === "SetBootstrapToken" && read.value.bootstrapToken === undefined);
  }
});

test("an error chain is told in one sentence by its first link", () => {
  const chain = [
    {
      ErrorCode: 4001,
      ErrorDomain: "MCInstallationErrorDomain",
      LocalizedDescription: "Nein.",
      USEnglishDescription: "No.",
    },
  ];
  const bytes = buildXmlPlist({ Status: "Error", UDID: "A", CommandUUID: "1", ErrorChain: chain });
  const read = readReport(parsePlist(bytes));
  assert.ok(read.ok);
  assert.deepEqual(read.value.errorChain, [{ code: 4001, domain: "MCInstallationErrorDomain", text: "No." }]);
});
