import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { BATCH_STATES } from "./model.ts";

test("the states of a batch are those of the diagram in the README", () => {
  const readme = readFileSync(path.join(import.meta.dirname, "README.md"), "utf8");
  const drawn = [...readme.matchAll(/^ {2}(\w+) --> (\w+): (\w+)$/gm)].map(
    ([, from, to, event]) => `${from} ${event} ${to}`,
  );
  const table = Object.entries(BATCH_STATES).flatMap(([from, events]) =>
    Object.entries(events).map(([event, to]) => `${from} ${event} ${to}`),
  );
  assert.deepEqual(drawn.toSorted(), table.toSorted());
});
