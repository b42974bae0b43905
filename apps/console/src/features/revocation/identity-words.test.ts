import assert from "node:assert/strict";
import { test } from "node:test";
import { identityWord, reasonWord, revokeConsequence } from "./identity-words.ts";

const now = Date.parse("2026-06-01T00:00:00Z");
const good = { revokedAt: null, reason: null, notAfter: "2027-06-01T00:00:00Z" };

test("a certificate is valid, ends soon, has expired or was revoked, and a revoked one says why", () => {
  assert.equal(identityWord(good, now).word, "Valid");
  assert.equal(identityWord({ ...good, notAfter: "2026-06-20T00:00:00Z" }, now).word, "Ends soon");
  assert.equal(identityWord({ ...good, notAfter: "2026-05-20T00:00:00Z" }, now).word, "Expired");
  const revoked = { ...good, revokedAt: "2026-05-01T00:00:00Z", reason: "superseded" };
  assert.deepEqual(identityWord(revoked, now), {
    word: "Revoked",
    tone: "unknown",
    why: "Another certificate took its place",
  });
  assert.equal(reasonWord("aReasonOfLater"), "aReasonOfLater");
});

test("the consequence of a revocation is that of the certificate's role", () => {
  assert.match(revokeConsequence("mdm").join(" "), /enrolled anew/);
  assert.match(revokeConsequence("agent").join(" "), /MDM goes on/);
  assert.doesNotMatch(revokeConsequence("agent").join(" "), /enrolled anew/);
});
