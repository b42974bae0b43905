import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { caseTests } from "./faults/case-tests.ts";
import { CASES, titleOf } from "./faults/fault.ts";
import { FAULTS } from "./faults/list.ts";
import { faultyText } from "./faults/working-copy.ts";
import { root } from "./root.ts";

const read = (file: string): Promise<string> => readFile(path.join(root, file), "utf8");

test("every case of the protocol has a test of its own and a fault that can be planted", async () => {
  const tests = await caseTests(root);
  for (const number of CASES) {
    const hasTest = tests.some((found) => found.case === number);
    const hasFault = FAULTS.some((fault) => fault.case === number);
    assert.ok(hasTest && hasFault, `case ${number} lacks ${hasTest ? "a fault in tools/faults/" : "a test"}`);
  }
});

test("every fault finds its place, changes it, and is noted beside the test that has to notice", async () => {
  const tests = await caseTests(root);
  for (const fault of FAULTS) {
    const text = await read(fault.file);
    assert.notEqual(faultyText(text, fault), text, fault.what);
    const label = `${titleOf(fault.case)}, ${fault.what}`;
    assert.ok(
      tests.some(({ case: which, file }) => which === fault.case && file === fault.test),
      `${label}: ${fault.test} has no such test`,
    );
    const notes = (await read(fault.test)).match(/^\s*\/\/ faults?: .*$/gm) ?? [];
    assert.ok(
      notes.some((note) => note.includes(fault.what)),
      `${label}: there is no note "// fault: ${fault.what}" in ${fault.test}`,
    );
  }
});

test("a fault whose place is gone, or is there twice, is refused", () => {
  const fault = { case: 1, what: "w", file: "f", find: "a", replace: "b", test: "t" };
  assert.equal(faultyText("xay", fault), "xby");
  assert.throws(() => faultyText("x", fault), /0 times/);
  assert.throws(() => faultyText("aa", fault), /2 times/);
});
