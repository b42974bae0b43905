import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import type { Column } from "./column.ts";
import { csvOf } from "./csv.ts";

const columns: readonly Column<readonly string[]>[] = ["First", "Second, last"].map((title, index) => ({
  id: title,
  title,
  min: 1,
  cell: () => null,
  text: (row) => row[index] ?? "",
}));

test("another reader of CSV gets back what was written", (context) => {
  const rows = [
    ["plain", 'with "quotes", and commas'],
    ["two\r\nlines", "Zoë 🍎 مكتب"],
    ["", "-12.5"],
  ];
  const read =
    "import csv,io,json,sys;print(json.dumps(list(csv.reader(io.StringIO(sys.stdin.buffer.read().decode(),newline='')))))";
  try {
    execFileSync("python3", ["--version"], { stdio: "ignore" });
  } catch {
    return context.skip("python3 is missing, whose csv module is the other reader");
  }
  const parsed: unknown = JSON.parse(execFileSync("python3", ["-c", read], { input: csvOf(columns, rows) }).toString());
  assert.deepEqual(parsed, [["First", "Second, last"], ...rows]);
});

test("a name that a spreadsheet would run is disarmed", () => {
  const text = csvOf(columns, [
    ["=1+1", '@SUM("x")'],
    ["+cmd|' /C calc'!A0", "-dash"],
  ]);
  assert.equal(text.split("\r\n")[1], `'=1+1,"'@SUM(""x"")"`);
  assert.equal(text.split("\r\n")[2], `'+cmd|' /C calc'!A0,'-dash`);
});
