import assert from "node:assert/strict";
import { test } from "node:test";
import { renewalWord } from "./renewal-words.ts";

const now = Date.parse("2026-06-01T00:00:00Z");
const renewal = {
  state: "queued",
  isStranding: false,
  expiresAt: "2026-09-01T00:00:00Z",
  reason: "The profile waits.",
} as const;

test("a Mac that is about to strand is red and says so before anything else; one whose identity has ended has stranded", () => {
  assert.deepEqual(renewalWord(renewal, now), { word: "Pending", tone: "progress", why: "The profile waits." });
  const near = { ...renewal, isStranding: true, expiresAt: "2026-06-20T00:00:00Z" };
  assert.deepEqual(renewalWord(near, now), {
    word: "About to strand, pending",
    tone: "act",
    why: "The profile waits.",
  });
  assert.equal(
    renewalWord({ ...near, state: "failed", expiresAt: "2026-05-31T00:00:00Z" }, now).word,
    "Stranded, failed",
  );
});
