import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EMPTY_MEMORY, judgeMessage, type MessageKind, rememberMessage, type SenderMemory } from "./replay-rule.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const after = (...messages: readonly (readonly [string, number | undefined, number, MessageKind?])[]): SenderMemory =>
  messages.reduce(
    (memory, [print, signedAt, at, kind = "checkIn"]) => rememberMessage(memory, { print, signedAt, at }, kind),
    EMPTY_MEMORY,
  );

test("the same message is a retry for five minutes and a replay afterwards", () => {
  const memory = after(["a", 1000, 0]);
  assert.equal(judgeMessage(memory, { print: "a", signedAt: 1000 }, "checkIn", 4 * MINUTE), "repeat");
  assert.equal(judgeMessage(memory, { print: "a", signedAt: 1000 }, "checkIn", 6 * MINUTE), "replay");
});

test("what is signed well before the newest of its sender is stale; two messages may cross", () => {
  const memory = after(["a", 100 * MINUTE, 0]);
  const judge = (signedAt: number | undefined) => judgeMessage(memory, { print: "b", signedAt }, "checkIn", 0);
  assert.equal(judge(98 * MINUTE), "fresh");
  assert.equal(judge(90 * MINUTE), "stale");
  assert.equal(judge(undefined), "fresh");
});

test("a clock that is a day off, on either side, makes no message old", () => {
  for (const offset of [-DAY, 0, DAY]) {
    const memory = after(["a", offset, 0], ["b", offset + 1000, 1000]);
    assert.equal(judgeMessage(memory, { print: "c", signedAt: offset + 2000 }, "checkIn", 2000), "fresh");
    assert.equal(judgeMessage(memory, { print: "c", signedAt: offset + 2000 }, "checkIn", DAY), "fresh");
  }
});

test("the newest time that reports claim counts for check-ins too", () => {
  const memory = after(["a", 0, 0], ["r", 60 * MINUTE, 1, "report"]);
  assert.equal(judgeMessage(memory, { print: "b", signedAt: 0 }, "checkIn", 1), "stale");
});

test("a clock that was put back makes the new time the newest, and what was taken in before stays known", () => {
  const ahead = after(["a", DAY, 0]);
  const set = rememberMessage(ahead, { print: "r", signedAt: 0, at: 1 }, "report", true);
  assert.equal(judgeMessage(set, { print: "b", signedAt: 1000 }, "checkIn", 2), "fresh");
  assert.equal(judgeMessage(set, { print: "a", signedAt: DAY }, "checkIn", 10 * MINUTE), "replay");
});

test("whatever was taken in is never fresh again, however many messages came since", () => {
  const step = fc.record({ gap: fc.nat({ max: 10_000 }), kind: fc.constantFrom<MessageKind>("checkIn", "report") });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 120 }), fc.nat(), (steps, pick) => {
      let memory = EMPTY_MEMORY;
      let time = 0;
      const sent = steps.map(({ gap, kind }, index) => {
        // A Mac signs at most once a second or so; equal times at the edge of what is kept are the one thing not covered.
        time += gap + 1000;
        const message = { print: `m${index}`, signedAt: time, at: time };
        memory = rememberMessage(memory, message, kind);
        return { message, kind };
      });
      const { message, kind } = sent[pick % sent.length]!;
      const verdict = judgeMessage(memory, message, kind, time + 6 * MINUTE);
      return verdict === "replay" || verdict === "stale";
    }),
  );
});
