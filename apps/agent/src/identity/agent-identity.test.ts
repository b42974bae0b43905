import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryStore } from "../store/memory-store.ts";
import { createTestCa } from "../testing/test-ca.ts";
import { DEVICE, TENANT } from "../testing/test-server.ts";
import { belongTogether, expiryOf, loadIdentity, saveIdentity } from "./agent-identity.ts";

test("an identity is what was saved, and a certificate of another key makes none", () => {
  const ca = createTestCa();
  const { files } = createMemoryStore();
  const identity = { tenantId: TENANT, deviceId: DEVICE, tokenHash: "h", ...ca.madeUpAgent(TENANT, DEVICE) };
  saveIdentity(files, identity);
  assert.deepEqual(loadIdentity(files), identity);
  assert.ok(expiryOf(identity) > Date.now());
  const other = ca.madeUpAgent(TENANT, DEVICE);
  assert.equal(belongTogether(identity.certificate, other.key), false);
  saveIdentity(files, { ...identity, key: other.key });
  assert.equal(loadIdentity(files), undefined);
  for (const text of ["", "null", "{}", '{"key":1}']) {
    files.write("identity.json", text);
    assert.equal(loadIdentity(files), undefined);
  }
});
