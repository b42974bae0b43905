/**
 * `npm run faults`: plants each fault in a copy of the sources and shows that the test of its case turns red.
 *   npm run faults             all of them, some minutes
 *   npm run faults -- 19 34    those of these cases
 *   npm run faults -- property those of what holds in any order of events
 * The last line is `N noticed, N not`. Not part of `npm test`, which only checks that every case has a test and a fault
 * whose place still exists.
 */
import { titleOf } from "./faults/fault.ts";
import { FAULTS } from "./faults/list.ts";
import { runCase } from "./faults/run-case.ts";
import { WorkingCopy } from "./faults/working-copy.ts";
import { root } from "./root.ts";

const wanted = new Set(process.argv.slice(2));
const faults = FAULTS.filter((fault) => wanted.size === 0 || wanted.has(String(fault.case)));
const complaints: string[] = [];
const complain = (text: string): void => {
  complaints.push(text);
  console.log(`NOT  ${text}`);
};

await using copy = await WorkingCopy.of(root);

// Without a fault everything has to be green, or red would show nothing.
const shown = new Map(faults.map((fault) => [`${fault.case} ${fault.test}`, fault]));
for (const { case: which, test } of shown.values()) {
  const outcome = await runCase(copy.folder, test, which);
  if (outcome.state !== "green") {
    complain(`${titleOf(which)} is ${outcome.state} in ${test} without any fault`);
    console.log(outcome.state === "void" ? outcome.output : outcome.failed.join("\n"));
  }
}

let noticed = 0;
for (const fault of faults) {
  const label = `${titleOf(fault.case)}: ${fault.what}`;
  const takeOut = await copy.plant(fault);
  const outcome = await runCase(copy.folder, fault.test, fault.case);
  await takeOut();
  if (outcome.state === "red") {
    noticed += 1;
    console.log(`ok   ${label}\n     noticed by "${outcome.failed[0]}"`);
  } else if (outcome.state === "green") complain(`${label}: nobody noticed it in ${fault.test}`);
  else {
    complain(`${label}: the tests of ${fault.test} could not run`);
    console.log(outcome.output.slice(-2000));
  }
}
console.log(`${noticed} noticed, ${complaints.length} not`);
process.exitCode = complaints.length === 0 ? 0 : 1;
