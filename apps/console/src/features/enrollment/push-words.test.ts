import assert from "node:assert/strict";
import { test } from "node:test";
import { pushWord } from "./push-words.ts";

const now = Date.parse("2026-06-01T00:00:00Z");
const inDays = (days: number) => ({ state: "ready", expiresAt: new Date(now + days * 86_400_000).toISOString() });

test("the end of the push certificate is warned of from 60 days on, and is red in the last week", () => {
  const words = (days: number) => {
    const { word, tone } = pushWord(inDays(days), now);
    return [word, tone];
  };
  assert.deepEqual(words(61), ["Valid", "good"]);
  assert.deepEqual(words(59), ["Expires in 59 days", "attention"]);
  assert.deepEqual(words(6), ["Expires in 6 days", "act"]);
  assert.deepEqual(words(1), ["Expires in 1 day", "act"]);
  assert.deepEqual(words(0.5), ["Expires today", "act"]);
});

test("what is wrong now comes before an end that is near", () => {
  assert.equal(pushWord({ ...inDays(3), state: "refused" }, now).word, "Refused");
  assert.equal(pushWord({ state: "missing", expiresAt: null }, now).word, "Missing");
});
