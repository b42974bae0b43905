import assert from "node:assert/strict";
import { test } from "node:test";
import { actions, type OutputOf, type sendCommand } from "./index.ts";

test("a state is one of its words for the compiler, too", () => {
  const state: OutputOf<typeof sendCommand>["state"] = "queued";
  // @ts-expect-error not a state of a command
  const wrong: OutputOf<typeof sendCommand>["state"] = "running";
  assert.notEqual(state, wrong);
});

test("action names are unique, and so are method and path", () => {
  assert.equal(new Set(actions.map((a) => a.name)).size, actions.length);
  assert.equal(new Set(actions.map((a) => `${a.method} ${a.path.replace(/\{\w+\}/g, "{}")}`)).size, actions.length);
});

test("every field named in a path is an input field, and every auditable field exists", () => {
  for (const action of actions) {
    const fields = Object.keys(action.input.properties);
    for (const [, name] of action.path.matchAll(/\{(\w+)\}/g))
      assert.ok(fields.includes(name!), `${action.name} ${name}`);
    for (const name of action.auditable) assert.ok(fields.includes(name), `${action.name} ${name}`);
  }
});
