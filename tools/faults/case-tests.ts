import { glob, readFile } from "node:fs/promises";
import path from "node:path";
import type { Fault } from "./fault.ts";

/** A test whose title says which case it shows. */
export interface CaseTest {
  readonly case: Fault["case"];
  /** Without `case N: `, or `property: `. */
  readonly title: string;
  readonly file: string;
}

const TITLE = /^\s*test\("(?:case (\d+)|property): ([^"]+)"/gm;
/** Those of no case come last. */
const rank = ({ case: which }: CaseTest): number => (which === "property" ? Number.MAX_SAFE_INTEGER : which);

/** Every test titled `case N: ...` or `property: ...`, by case and then by file. */
export async function caseTests(root: string): Promise<readonly CaseTest[]> {
  const found: CaseTest[] = [];
  const isOutside = (name: string): boolean => name === "node_modules" || name === "dist";
  const files = glob("{packages,apps}/**/*.test.ts", { cwd: root, exclude: (file) => isOutside(path.basename(file)) });
  for await (const file of files) {
    for (const [, number, title] of (await readFile(path.join(root, file), "utf8")).matchAll(TITLE))
      found.push({ case: number === undefined ? "property" : Number(number), title: title!, file });
  }
  return found.sort((a, b) => rank(a) - rank(b) || (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}
