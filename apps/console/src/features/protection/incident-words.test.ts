import assert from "node:assert/strict";
import { test } from "node:test";
import type { Incident } from "@pomona/contract";
import { incidentSentence, incidentSpans, outcomeWord } from "./incident-words.ts";

const incident = {
  deviceName: "Ana's Mac",
  process: { path: "/Applications/T.app/Contents/MacOS/T", user: "ana" },
  eventAt: "2026-11-22T12:00:00.000Z",
  arrivedAt: "2026-11-22T12:00:00.120Z",
  actionAfterMs: 3.14,
  action: "kill",
  outcome: "killed",
} as Incident;

test("an incident is told in one sentence", () => {
  assert.equal(incidentSentence(incident), "T, started by ana, was killed on Ana's Mac in 3.1 ms.");
  assert.match(
    incidentSentence({ ...incident, outcome: "budget" }),
    /was not killed on Ana's Mac: the Mac's kill budget/,
  );
  assert.match(
    incidentSentence({ ...incident, action: "report", outcome: "reported" }),
    /ran on Ana's Mac; the rule only reports/,
  );
});

test("a kill that did not happen is never shown as done", () => {
  assert.equal(outcomeWord({ action: "kill", outcome: "somethingNew" }).word, "Not killed");
  assert.equal(outcomeWord({ action: "kill", outcome: "killed" }).word, "Killed");
});

test("the spans are measured from the event, and a clock that is ahead shows", () => {
  assert.deepEqual(incidentSpans(incident), { actionMs: 3.14, arrivedMs: 120 });
  assert.equal(incidentSpans({ ...incident, arrivedAt: "2026-11-22T11:59:59.000Z" }).arrivedMs, -1000);
});
