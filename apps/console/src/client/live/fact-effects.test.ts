import assert from "node:assert/strict";
import { test } from "node:test";
import { actions } from "@pomona/contract";
import { factEffects, factTypes } from "./fact-effects.ts";

test("every effect of a fact is a read that exists", () => {
  const reads = new Set(actions.filter((action) => action.risk === "read").map((action) => action.name as string));
  for (const type of factTypes)
    for (const read of factEffects[type]) assert.ok(reads.has(read.name), `${type} ${read.name}`);
});
