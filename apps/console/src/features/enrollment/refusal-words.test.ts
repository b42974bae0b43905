import assert from "node:assert/strict";
import { test } from "node:test";
import type { EnrollmentRefusal } from "@pomona/contract";
import { macsOf, recentReplays, refusalWord } from "./refusal-words.ts";

const NOW = Date.parse("2026-05-08T03:00:00.000Z");
const refusal = (reason: EnrollmentRefusal["reason"], lastAt: string, deviceId: string | null): EnrollmentRefusal => ({
  id: "0",
  reason,
  detail: null,
  firstAt: "2026-04-01T00:00:00.000Z",
  lastAt,
  times: 1,
  deviceId,
  deviceName: null,
  claimedSerialNumber: null,
  claimedUdid: null,
  address: null,
});

test("replays of the last seven days are told of, with the Macs whose messages they were", () => {
  const items = [
    refusal("replay", "2026-05-08T02:00:00.000Z", "a"),
    refusal("replay", "2026-05-07T02:00:00.000Z", "a"),
    refusal("replay", "2026-05-01T03:00:01.000Z", null),
    refusal("replay", "2026-05-01T03:00:00.000Z", "b"),
    refusal("expired", "2026-05-08T02:00:00.000Z", "c"),
  ];
  assert.deepEqual(recentReplays(items, NOW), items.slice(0, 3));
  assert.equal(macsOf(recentReplays(items, NOW)), 1);
});

test("a reason of a newer server is shown as it is", () => {
  assert.equal(refusalWord("known-device"), "It claims to be a Mac that is enrolled already");
  assert.equal(refusalWord("moon-phase"), "moon-phase");
});
