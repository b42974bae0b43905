import assert from "node:assert/strict";
import { test } from "node:test";
import { absoluteTime, relativeTime, shortTime } from "./format-time.ts";

const NOW = Date.parse("2026-11-22T12:00:00.000Z");
const SECOND = 1000;
const DAY = 86_400 * SECOND;

test("an age is told in the largest unit that it fills", () => {
  const ages: [number, string][] = [
    [0, "just now"],
    [-4 * SECOND, "just now"],
    [-59 * SECOND, "59 sec ago"],
    [-60 * SECOND, "1 min ago"],
    [-119 * 60 * SECOND, "1 hr ago"],
    [-6 * DAY, "6 days ago"],
    [-20 * DAY, "2 wk ago"],
    [3 * DAY, "in 3 days"],
  ];
  for (const [delta, words] of ages) assert.equal(relativeTime(NOW + delta, NOW), words);
});

test("an absolute time is exact to the millisecond and names its zone", () => {
  const text = absoluteTime(Date.parse("2026-07-01T10:20:30.045Z"), "Europe/Berlin");
  assert.match(text, /^1 Jul 2026, 12:20:30\.045 (CEST|GMT\+2)$/);
});

test("a short time leaves out what the reader knows", () => {
  const now = new Date(2026, 10, 22, 12, 0, 0).getTime();
  assert.equal(shortTime(new Date(2026, 10, 22, 9, 5, 7).getTime(), now), "09:05:07");
  assert.equal(shortTime(new Date(2026, 2, 3, 9, 5).getTime(), now), "3 Mar, 09:05");
  assert.equal(shortTime(new Date(2025, 2, 3, 9, 5).getTime(), now), "3 Mar 2025");
});
