import { existsSync } from "node:fs";
import path from "node:path";
import { caseTests } from "../faults/case-tests.ts";
import { CASES } from "../faults/fault.ts";
import { FAULTS } from "../faults/list.ts";
import type { Generator } from "./generator.ts";

/** docs/reference/protocol-cases.md: which test shows which case, and the faults that it was seen to notice. */
export const protocolCases: Generator = async (root) => {
  if (!existsSync(path.join(root, "packages/mdm"))) return new Map();
  const tests = await caseTests(root);
  const rows = CASES.flatMap((number) => {
    const own = tests.filter((found) => found.case === number);
    const faults = FAULTS.filter((fault) => fault.case === number);
    return own.map((found, index) => {
      const noticed = index === 0 ? faults.map(({ what }) => what).join("; ") : "";
      return `| ${number} | ${cell(found.title)} | \`${found.file}\` | ${cell(noticed)} |`;
    });
  });
  const page = [
    "# Cases of the protocol",
    "",
    "Generated from the titles of the tests and from tools/faults/ by `node tools/generate.ts`.",
    "",
    "What an MDM server has to get right, by number, the tests that show it, and mistakes that turn one of them red",
    "(`npm run faults` plants each in a copy and looks; `npm run faults -- 19` those of one case).",
    "",
    "| case | test | file | faults |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
  return new Map([["docs/reference/protocol-cases.md", page]]);
};

const cell = (text: string): string => text.replaceAll("|", "\\|");
