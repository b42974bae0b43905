import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** A line of a file, with its number from 1. */
export interface Line {
  readonly number: number;
  readonly value: Readonly<Record<string, unknown>>;
}

const MOST_LINE_CHARACTERS = 1_000_000;

/** JSON lines, one at a time. Empty lines are skipped. @throws Error that names the line */
export async function* readLines(file: string): AsyncGenerator<Line> {
  const lines = createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  for await (const text of lines) {
    number += 1;
    if (text.trim() === "") continue;
    if (text.length > MOST_LINE_CHARACTERS) throw new Error(`${file}: line ${number} is longer than a record can be`);
    yield { number, value: parse(file, number, text) };
  }
}

function parse(file: string, number: number, text: string): Line["value"] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${file}: line ${number} is not JSON`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`${file}: line ${number} is not an object`);
  return value as Line["value"];
}
