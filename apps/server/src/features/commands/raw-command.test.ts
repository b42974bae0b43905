import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { buildXmlPlist } from "@pomona/plist";
import { auditedOfRaw } from "./raw-command.ts";

test("the audit log gets the request type and the hash of the bytes, and none of the keys", () => {
  const bytes = Buffer.from(buildXmlPlist({ Command: { RequestType: "SetRecoveryLock", NewPassword: "hunter2" } }));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const entry = auditedOfRaw(bytes.toString("base64"));
  assert.deepEqual(entry, { raw: true, requestType: "SetRecoveryLock", sha256 });
});

test("a property list that cannot be read is on the audit log by its hash", () => {
  const sha256 = createHash("sha256").update("junk").digest("hex");
  assert.deepEqual(auditedOfRaw(Buffer.from("junk").toString("base64")), { raw: true, sha256 });
});
