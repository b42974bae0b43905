import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isFinal, mayBecome, ORDER_STATES } from "./model.ts";

test("the README draws the same states of an order as the table has", () => {
  const readme = readFileSync(new URL("./README.md", import.meta.url), "utf8");
  const drawn = [...readme.matchAll(/^ {2}(\w+) --> (\w+)$/gm)].map(([, from, to]) => `${from} ${to}`);
  const table = Object.entries(ORDER_STATES).flatMap(([from, all]) => all.map((to) => `${from} ${to}`));
  assert.deepEqual(new Set(drawn), new Set(table));
  const ends = [...readme.matchAll(/^ {2}(\w+) --> \[\*\]$/gm)].map(([, state]) => state);
  const final = Object.entries(ORDER_STATES).filter(([, all]) => all.length === 0);
  assert.deepEqual(new Set(ends), new Set(final.map(([state]) => state)));
});

test("no order goes back to a state that it has left", () => {
  for (const [from, all] of Object.entries(ORDER_STATES)) {
    for (const to of all) assert.equal(mayBecome(to, from as typeof to), false, `${from} ${to}`);
  }
  assert.equal(isFinal("running"), false);
  assert.equal(isFinal("expired"), true);
});
