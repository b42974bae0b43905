import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type CommandEvent, type CommandState, isFinalCommandState, nextCommand, nextCommandState } from "./index.ts";

const EVENTS: readonly CommandEvent[] = ["serve", "acknowledged", "error", "formatError", "notNow", "expire", "cancel"];

test("case 44: Error and CommandFormatError are final, and so is every other end", () => {
  // fault: what ended with an error is served again
  for (const state of ["acknowledged", "error", "formatError", "expired", "cancelled"] as const) {
    assert.equal(isFinalCommandState(state), true);
    for (const event of EVENTS) assert.equal(nextCommandState(state, event), undefined);
  }
});

test("what was sent cannot be cancelled", () => {
  assert.equal(nextCommandState("sent", "cancel"), undefined);
  assert.equal(nextCommandState("queued", "cancel"), "cancelled");
});

test("case 42: after NotNow the next command that is not postponed, after anything else the first", () => {
  // fault: a command in NotNow is offered again at once
  const open = [
    { commandUuid: "1", state: "notNow" as const },
    { commandUuid: "2", state: "sent" as const },
    { commandUuid: "3", state: "queued" as const },
  ];
  assert.equal(nextCommand(open, "NotNow")?.commandUuid, "2");
  assert.equal(nextCommand(open, "Idle")?.commandUuid, "1");
  assert.equal(nextCommand(open, "Error")?.commandUuid, "1");
  assert.equal(nextCommand(open.slice(0, 1), "NotNow"), undefined);
  assert.equal(nextCommand([], "Idle"), undefined);
});

const ENDS: readonly CommandState[] = ["acknowledged", "error", "formatError", "expired", "cancelled"];

test("case 45: whatever order events come in, a command ends once and stays as it ended", () => {
  // fault: a second report changes a command that has ended
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...EVENTS)), (events) => {
      let state: CommandState = "queued";
      let ends = 0;
      for (const event of events) {
        const next: CommandState | undefined = nextCommandState(state, event);
        if (next === undefined) continue;
        if (ENDS.includes(next)) ends += 1;
        state = next;
      }
      assert.ok(ends <= 1);
      assert.equal(ends === 1, ENDS.includes(state));
      assert.equal(ends === 1, isFinalCommandState(state));
    }),
  );
});
