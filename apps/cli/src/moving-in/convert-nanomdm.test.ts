import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { MovingEnrollment } from "@pomona/contract";
import { encodePem } from "@pomona/pki";
import { buildXmlPlist } from "@pomona/plist";
import { NanoRows } from "./convert-nanomdm.ts";

type Row = Parameters<NanoRows["add"]>[0];
const UDID = "5A3C0D1E-0000-4000-8000-000000000001";
const USER = `${UDID}:0F0F0F0F-0000-4000-8000-000000000002`;
const TOPIC = "com.apple.mgmt.External.1";
const xml = (message: Parameters<typeof buildXmlPlist>[0]) => Buffer.from(buildXmlPlist(message)).toString("utf8");
const pem = (der: string) => encodePem("CERTIFICATE", Buffer.from(der));
const pin = (der: string) => createHash("sha256").update(der).digest("hex");
const authenticate = (from: Record<string, string>) =>
  xml({ MessageType: "Authenticate", ...from, Topic: TOPIC, SerialNumber: "C02", DeviceName: "n", OSVersion: "15.1" });
const tokenUpdate = (from: Record<string, string>, magic: string, more: Record<string, Uint8Array> = {}) =>
  xml({
    MessageType: "TokenUpdate",
    ...from,
    Topic: TOPIC,
    Token: Buffer.from("ab", "hex"),
    PushMagic: magic,
    ...more,
  });

/** As PostgreSQL prints it: bytes in lines by `encode`, booleans, six digits of a second and no zone. */
const device: Row = {
  table: "devices",
  id: UDID,
  identity_cert: pem("second"),
  serial_number: "C02",
  unlock_token: "dW5s\nb2Nr",
  authenticate: authenticate({ UDID }),
  authenticate_at: "2026-01-02T03:04:05.678901",
  token_update: tokenUpdate({ UDID }, "stored with the message"),
  bootstrap_token_b64: "Ym9vdAD/",
};
const enrollment: Row = {
  table: "enrollments",
  id: UDID,
  device_id: UDID,
  user_id: null,
  type: "Device",
  topic: TOPIC,
  push_magic: "magic",
  token_hex: "0102",
  enabled: true,
  token_update_tally: 2,
  last_seen_at: "2026-11-01T00:00:00.5",
};
const users: readonly Row[] = [
  { table: "users", id: USER, device_id: UDID, user_short_name: "ann", user_long_name: null },
  { ...enrollment, id: USER, user_id: USER, type: "User", push_magic: "user's", token_hex: "0909" },
];
const association = (der: string, at: string): Row => ({
  table: "cert_auth_associations",
  id: UDID,
  sha256: pin(der),
  created_at: at,
});
const pins = [association("first", "2025-01-01T00:00:00"), association("second", "2026-01-01T00:00:00")];

function convert(rows: readonly Row[]) {
  const nano = new NanoRows();
  for (const row of rows) nano.add(row);
  const records = [...nano.records()];
  const macs = records.filter((record): record is MovingEnrollment => record.kind === "enrollment");
  return { macs, records, leftovers: nano.leftovers };
}

test("rows of NanoMDM's tables by their released names are a Mac with its user, tokens and pin", () => {
  const { macs, leftovers } = convert([...pins, device, enrollment, ...users]);
  assert.deepEqual(macs, [
    {
      kind: "enrollment",
      identifier: UDID,
      isUserEnrollment: false,
      topic: TOPIC,
      pushToken: "0102",
      pushMagic: "magic",
      serialNumber: "C02",
      deviceName: "n",
      model: null,
      osVersion: "15.1",
      unlockToken: "dW5sb2Nr",
      bootstrapToken: "Ym9vdAD/",
      certificate: pem("second"),
      certificateHash: pin("second"),
      enabled: true,
      tokenUpdates: 2,
      enrolledAt: "2026-01-02T03:04:05.678Z",
      lastSeenAt: "2026-11-01T00:00:00.500Z",
      users: [
        {
          userId: USER.slice(UDID.length + 1),
          shortName: "ann",
          longName: null,
          pushToken: "0909",
          pushMagic: "user's",
        },
      ],
    },
  ]);
  assert.deepEqual(leftovers, []);
});

test("the tables' names may have a prefix, their rows any order, and MySQL's numbers and times mean the same", () => {
  const mysql = (row: Row): Row => ({
    ...row,
    table: `nano_${row["table"]}`,
    ...("enabled" in row ? { enabled: 1, last_seen_at: "2026-11-01 00:00:00.500000" } : {}),
    ...("authenticate_at" in row ? { authenticate_at: "2026-01-02 03:04:05.678901" } : {}),
  });
  const rows = [device, enrollment, ...users, ...pins];
  assert.deepEqual(convert(rows.map(mysql).reverse()).macs, convert(rows).macs);
});

test("bytes that a query did not encode are read as MySQL and PostgreSQL print them", () => {
  for (const unlock_token of ["base64:type250:dW5sb2Nr", "\\x756e6c6f636b", "dW5sb2Nr"])
    assert.equal(convert([{ ...device, unlock_token }, enrollment]).macs[0]?.unlockToken, "dW5sb2Nr");
});

test("a Mac that is disabled is said to have left, with its users; columns without a value are left out", () => {
  const empty = { ...device, identity_cert: null, serial_number: null, unlock_token: null, bootstrap_token_b64: null };
  const left = { enabled: 0, token_update_tally: 0 };
  const bare = { ...empty, authenticate: xml({ MessageType: "Authenticate", UDID, Topic: TOPIC }), token_update: null };
  const { macs } = convert([bare, { ...enrollment, ...left }, { ...users[1], ...left }]);
  const [mac] = macs;
  assert.deepEqual([mac?.enabled, mac?.tokenUpdates, mac?.users], [false, 0, undefined]);
  for (const key of ["certificate", "certificateHash", "serialNumber", "unlockToken", "bootstrapToken"])
    assert.ok(!(key in (mac ?? {})), key);
});

test("a User Enrollment comes over as one, with its user; a shared iPad's users do not", () => {
  const id = "ENROLLMENT-1";
  const kid = `${UDID}:kid@example.org`;
  const { macs, leftovers } = convert([
    { ...device, id, authenticate: authenticate({ EnrollmentID: id }), token_update: null, serial_number: null },
    { ...enrollment, id, device_id: id, type: "User Enrollment (Device)" },
    { ...enrollment, id: `${id}:u`, device_id: id, user_id: `${id}:u`, type: "User Enrollment" },
    device,
    enrollment,
    { ...enrollment, id: kid, user_id: kid, type: "Shared iPad" },
  ]);
  assert.deepEqual(
    macs.map(({ identifier, isUserEnrollment, users }) => [identifier, isUserEnrollment, users?.map((u) => u.userId)]),
    [
      [id, true, ["u"]],
      [UDID, false, undefined],
    ],
  );
  assert.deepEqual(leftovers, [{ what: kid, why: "is an iPad's user" }]);
});

test("of several pins that of the stored certificate counts, else the newest; a certificate without a pin stays behind", () => {
  const again = convert([device, enrollment, association("second", "2025-01-01"), association("third", "2026-01-01")]);
  assert.equal(again.macs[0]?.certificateHash, pin("second"));
  const strange = convert([{ ...device, identity_cert: pem("other") }, enrollment, ...pins.toReversed()]);
  assert.deepEqual([strange.macs[0]?.certificate, strange.macs[0]?.certificateHash], [undefined, pin("second")]);
  assert.match(strange.leftovers[0]?.why ?? "", /not pinned/);
  const unpinned = convert([device, enrollment]);
  assert.deepEqual([unpinned.macs[0]?.certificate, unpinned.macs[0]?.certificateHash], [pem("second"), undefined]);
});

test("raw check-ins are enough for an enrollment; a later one counts more, and tokens that it lacks stay", () => {
  const user = { UDID, UserID: "V", UserShortName: "v" };
  const { macs, leftovers } = convert(
    [
      authenticate({ UDID }),
      tokenUpdate({ UDID }, "old", { UnlockToken: Buffer.from("unlock") }),
      xml({ MessageType: "SetBootstrapToken", UDID, BootstrapToken: Buffer.from("boot") }),
      tokenUpdate({ UDID }, "m"),
      tokenUpdate(user, "w"),
      tokenUpdate({ UDID, UserID: "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", UserShortName: "kid" }, "k"),
      authenticate({ UDID: "SILENT" }),
      "<plist>",
    ].map((message) => ({ table: "messages", message })),
  );
  assert.deepEqual(macs, [
    {
      kind: "enrollment",
      identifier: UDID,
      topic: TOPIC,
      isUserEnrollment: false,
      deviceName: "n",
      model: null,
      osVersion: "15.1",
      serialNumber: "C02",
      pushToken: "ab",
      pushMagic: "m",
      unlockToken: "dW5sb2Nr",
      bootstrapToken: "Ym9vdA==",
      users: [{ userId: "V", shortName: "v", longName: null, pushToken: "ab", pushMagic: "w" }],
    },
  ]);
  assert.deepEqual(leftovers, [
    { what: `${UDID}:kid`, why: "is an iPad's user" },
    { what: "a message", why: "holds a check-in that cannot be read" },
    { what: "SILENT", why: "never said how it can be woken" },
  ]);
});
