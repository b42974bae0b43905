import { glob, readFile } from "node:fs/promises";
import path from "node:path";

/** A test whose title says which case it shows. */
export interface CaseTest {
  readonly case: number;
  /** Without `case N: `. */
  readonly title: string;
  readonly file: string;
}

const TITLE = /^\s*test\("case (\d+): ([^"]+)"/gm;

/** Every test titled `case N: ...`, by case and then by file. */
export async function caseTests(root: string): Promise<readonly CaseTest[]> {
  const found: CaseTest[] = [];
  const isOutside = (name: string): boolean => name === "node_modules" || name === "dist";
  const files = glob("{packages,apps}/**/*.test.ts", { cwd: root, exclude: (file) => isOutside(path.basename(file)) });
  for await (const file of files) {
    for (const [, number, title] of (await readFile(path.join(root, file), "utf8")).matchAll(TITLE))
      found.push({ case: Number(number), title: title!, file });
  }
  return found.sort((a, b) => a.case - b.case || (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}
