import assert from "node:assert/strict";
import { test } from "node:test";
import { targetKind, targetOf } from "./batch-target.ts";

const ID = "01a23185-f497-7000-99fc-cc6cbdd214b8";

test("nobody is meant until somebody is said, and all Macs only in so many words", () => {
  for (const search of [{}, { who: "filter" }, { who: "named" }, { who: "everybody" }, { who: "filter", sort: "name" }])
    assert.equal(targetOf(search), null, JSON.stringify(search));
  assert.deepEqual(targetOf({ who: "all" }), { filter: {} });
});

test("what the list of Macs was asked is what the batch is meant for, without its order", () => {
  const search = { q: "ana", agent: "online", os: "15.1", sort: "-name" };
  assert.equal(targetKind(search), "filter");
  assert.deepEqual(targetOf(search), { filter: { q: "ana", agent: "online", osVersion: "15.1" } });
});

test("chosen Macs are named in the address, and what is no id is passed over", () => {
  assert.deepEqual(targetOf({ devices: `${ID},,<script>` }), { deviceIds: [ID] });
  assert.deepEqual(targetOf({ devices: ID, who: "filter" }), null);
});
