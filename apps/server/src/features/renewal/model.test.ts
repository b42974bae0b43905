import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { asId } from "@pomona/facts";
import fc from "fast-check";
import { newId } from "../../kernel/clock.ts";
import { dueAt, RENEWAL_STATES, type RenewalEvent, type RenewalState, retryAfter } from "./model.ts";

const DAY = 86_400_000;

test("a cohort that enrolled on one day comes due over 60 days, from 180 before the end and never later than 90", () => {
  const end = 1000 * DAY;
  const days = Array.from({ length: 2000 }, () => (end - dueAt(newId<"device">(), end, 180)) / DAY);
  assert.ok(Math.max(...days) <= 180 && Math.min(...days) >= 120);
  const perDay = Map.groupBy(days, (day) => Math.floor(day));
  assert.ok(perDay.size >= 59);
  assert.ok(Math.max(...[...perDay.values()].map((list) => list.length)) < 100, "no day has much more than its share");
  const id = asId<"device">("d");
  assert.equal(dueAt(id, end, 180), dueAt(id, end, 180), "and each Mac always on the same");
  assert.equal(dueAt(id, end, 90), end - 90 * DAY);
});

test("attempts are at least four hours apart, and further apart while there is time", () => {
  const hours = (attempts: number, leftDays: number) => retryAfter(attempts, leftDays * DAY) / 3_600_000;
  assert.deepEqual(
    [1, 2, 3, 4, 9].map((attempts) => hours(attempts, 100)),
    [4, 8, 16, 24, 24],
  );
  assert.equal(hours(9, 20), 4);
});

test("whatever came before, the first TokenUpdate with the new identity ends a renewal", () => {
  for (const [state, events] of Object.entries(RENEWAL_STATES)) assert.equal(events.renewed, "done", state);
});

test("whatever order events come in, a renewal sends no profile while one waits, never sticks, and ends only when it is done", () => {
  const events = fc.array(
    fc.constantFrom<RenewalEvent>("sent", "acknowledged", "refused", "checkedIn", "overdue", "asked"),
    { maxLength: 40, size: "max" },
  );
  fc.assert(
    fc.property(events, (sequence) => {
      let state: RenewalState = "due";
      for (const event of sequence) {
        const next: RenewalState | "done" | undefined = RENEWAL_STATES[state][event];
        assert.notEqual(next, "done", `${state} -${event}-> done`);
        if (event === "sent" && next !== undefined) assert.ok(state === "due" || state === "failed");
        if (next !== undefined && next !== "done") state = next;
        // Time alone leads from wherever it is to where a profile can be sent again.
        const later = RENEWAL_STATES[state].overdue ?? state;
        assert.ok(later !== "done" && RENEWAL_STATES[later].sent === "queued", `${state} sticks`);
        assert.equal(RENEWAL_STATES[state].renewed, "done");
      }
    }),
  );
});

test("the README's table of states is the one that the code follows", () => {
  const readme = readFileSync(path.join(import.meta.dirname, "README.md"), "utf8");
  for (const [state, events] of Object.entries(RENEWAL_STATES))
    for (const [event, next] of Object.entries(events))
      assert.ok(readme.includes(`| ${state} | ${event} | ${next} |`), `${state} -${event}-> ${next}`);
});
