import assert from "node:assert/strict";
import { test } from "node:test";
import { errorChainText, readCheckIn, readReport } from "@pomona/mdm";
import { buildXmlPlist, type PlistDictionary, PlistError, parsePlist } from "@pomona/plist";
import { fuzz } from "../src/fuzz/fuzz.ts";
import type { FuzzTarget } from "../src/fuzz/fuzz-target.ts";
import { xmlMutations } from "../src/fuzz/mutate-text.ts";
import { searchBounds } from "../src/search/search-bounds.ts";

const ids = { UDID: "4F5D9F2C", Topic: "com.apple.mgmt.External.1" };
const token = { Token: Buffer.from("token"), PushMagic: "magic" };
const checkIns: readonly PlistDictionary[] = [
  { MessageType: "Authenticate", ...ids, SerialNumber: "C02", DeviceName: "Mac", Model: "Mac15,6", OSVersion: "15.1" },
  { MessageType: "TokenUpdate", ...ids, ...token, AwaitingConfiguration: true, UnlockToken: Buffer.from("unlock") },
  { MessageType: "TokenUpdate", ...ids, ...token, UserID: "ANN", UserShortName: "ann", UserLongName: "Ann" },
  { MessageType: "TokenUpdate", EnrollmentID: "E", EnrollmentUserID: "U", ...token, Topic: ids.Topic },
  { MessageType: "CheckOut", ...ids },
  { MessageType: "UserAuthenticate", ...ids, UserID: "ANN", DigestResponse: "x" },
  { MessageType: "SetBootstrapToken", ...ids, BootstrapToken: Buffer.from("boot") },
  { MessageType: "GetBootstrapToken", ...ids },
  { MessageType: "GetToken", ...ids, TokenServiceType: "com.apple.maid", TokenParameters: {} },
  { MessageType: "DeclarativeManagement", ...ids, Endpoint: "status", Data: Buffer.from("{}") },
];
const chain = [{ ErrorCode: 12, ErrorDomain: "MCMDMErrorDomain", USEnglishDescription: "Cannot." }];
const reports: readonly PlistDictionary[] = [
  { Status: "Idle", UDID: "4F5D9F2C", NotOnConsole: false },
  { Status: "Acknowledged", UDID: "4F5D9F2C", CommandUUID: "C1", QueryResponses: { OSVersion: "15.1" } },
  { Status: "Error", EnrollmentID: "E", CommandUUID: "C2", ErrorChain: chain },
  { Status: "NotNow", UDID: "4F5D9F2C", UserID: "ANN", CommandUUID: "C3" },
  { Status: "CommandFormatError", UDID: "4F5D9F2C", CommandUUID: "C4", ErrorChain: [] },
];

/** Whoever is named can be stored and printed, and a user is always of some device. */
function checkSender({
  identifier,
  deviceIdentifier,
  channel,
}: {
  identifier: string;
  deviceIdentifier: string;
  channel: string;
}) {
  assert.ok(deviceIdentifier !== "" && !/\p{Cc}/u.test(identifier));
  assert.equal(channel === "user", identifier.startsWith(`${deviceIdentifier}:`), identifier);
}

const target = (name: string, seeds: readonly PlistDictionary[], open: FuzzTarget["open"]): FuzzTarget => ({
  name,
  seeds: seeds.map((seed) => buildXmlPlist(seed)),
  mutations: xmlMutations,
  open,
  isRefusal: (error) => error instanceof PlistError,
  watches: /packages\/mdm\/src/,
});

test("no check-in makes the reader fail, and whom it names is one device or one of its users", async () => {
  const checkIn = target("check-in", checkIns, (bytes) => {
    const read = readCheckIn(parsePlist(bytes));
    if (read.ok) checkSender(read.value.from);
    return read;
  });
  await fuzz(checkIn, searchBounds(2.5));
});

test("no report makes the reader fail, and what is no poll names its command", async () => {
  const report = target("report", reports, (bytes) => {
    const read = readReport(parsePlist(bytes));
    if (!read.ok) return read;
    checkSender(read.value.from);
    assert.ok(read.value.status === "Idle" || (read.value.commandUuid ?? "") !== "");
    return [read, errorChainText(read.value.errorChain)];
  });
  await fuzz(report, searchBounds(2.5));
});
