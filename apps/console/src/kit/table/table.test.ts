import assert from "node:assert/strict";
import { test } from "node:test";
import { type Column, chosenColumns, columnsParam } from "./column.ts";
import { readFilterText } from "./filter-text.ts";
import { nextSort, readSort } from "./sort.ts";
import { steadyRows } from "./steady-rows.ts";

const column = (id: string, optional?: true): Column<string> => ({
  id,
  title: id,
  min: 1,
  cell: String,
  text: String,
  ...(optional ? { optional } : {}),
});
const columns = [column("name"), column("model"), column("udid", true)];
const ids = (shown: readonly Column<string>[]) => shown.map(({ id }) => id).join();

test("without a choice the usual columns are shown, and they leave no trace in the address", () => {
  assert.equal(ids(chosenColumns(columns, undefined)), "name,model");
  assert.equal(columnsParam(columns, ["model", "name"]), undefined);
});

test("chosen columns survive the way through the address, in the table's order", () => {
  const param = columnsParam(columns, ["udid", "name"]);
  assert.equal(param, "name,udid");
  assert.equal(ids(chosenColumns(columns, param)), "name,udid");
  assert.equal(ids(chosenColumns(columns, "nonsense,udid")), "udid");
  assert.equal(ids(chosenColumns(columns, "nonsense")), "name,model");
});

test("a click on a head sorts up, then down, then not at all", () => {
  assert.deepEqual(
    [nextSort(undefined, "name"), nextSort("name", "name"), nextSort("-name", "name")],
    ["name", "-name", undefined],
  );
  assert.equal(nextSort("-name", "model"), "model");
  assert.deepEqual(readSort("-name"), { field: "name", descending: true });
  assert.equal(readSort(""), null);
});

test("typed filters are taken out of the words", () => {
  const fields = [
    {
      key: "agent",
      title: "Agent",
      values: [
        { value: "online", title: "Online" },
        { value: "missing", title: "No agent" },
      ],
    },
    { key: "os", title: "macOS", values: [] },
  ];
  assert.deepEqual(readFilterText('ana agent:ONLINE  os = 15.7 "x"', fields), {
    words: 'ana "x"',
    filters: { agent: "online", os: "15.7" },
  });
  assert.deepEqual(readFilterText('agent:"no agent"', fields), { words: "", filters: { agent: "missing" } });
  assert.deepEqual(readFilterText("agent:purple http://x agent:", fields), {
    words: "agent:purple http://x agent:",
    filters: {},
  });
});

test("under a pointer rows keep their places and take fresh contents", () => {
  const row = (id: string, content = 0) => ({ id, content });
  const idOf = ({ id }: { id: string }) => id;
  const shown = [row("a"), row("b"), row("c")];
  const moved = steadyRows(shown, [row("c", 1), row("new"), row("a", 1)], idOf);
  assert.deepEqual(moved.rows, [row("a", 1), row("b"), row("c", 1)]);
  assert.equal(moved.moved, true);
  const more = steadyRows(shown, [...shown, row("d")], idOf);
  assert.deepEqual(more, { rows: [...shown, row("d")], moved: false });
});
