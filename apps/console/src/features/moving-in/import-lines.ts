/** A line of an export, with its number from 1. */
export interface Line {
  readonly number: number;
  readonly value: Readonly<Record<string, unknown>>;
}

export interface ReadLines {
  readonly lines: readonly Line[];
  /** Lines that are no JSON object, each with what is wrong. */
  readonly faults: readonly { readonly number: number; readonly reason: string }[];
}

const readOne = (text: string): Line["value"] | string => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Line["value"])
      : "the line is no JSON object";
  } catch {
    return "the line is not JSON";
  }
};

/** Reads an export of JSON lines; empty lines and its header are passed over, what is no record is named. */
export const readLines = (text: string): ReadLines => {
  const lines: Line[] = [];
  const faults: { number: number; reason: string }[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const read = readOne(line);
    if (typeof read === "string") faults.push({ number: index + 1, reason: read });
    else if (read["kind"] !== "header") lines.push({ number: index + 1, value: read });
  }
  return { lines, faults };
};

/** What the other records need: it goes with every batch, which changes nothing the second time. */
const NEEDED: ReadonlySet<unknown> = new Set(["push-certificate", "issuer", "enrollment-profile"]);
const MOST_NEEDED = 9;
const MOST_IN_BATCH = 50;
const MOST_CHARACTERS = 1_000_000;

/** Lines that are sent together, after those that they need. */
export interface Batch {
  readonly needed: readonly Line[];
  readonly lines: readonly Line[];
}

/**
 * Cuts an export into what the server takes at a time.
 * @throws RangeError when it names more certificates and profiles than one move can need
 */
export const batchesOf = (lines: readonly Line[]): readonly Batch[] => {
  const needed = lines.filter(({ value }) => NEEDED.has(value["kind"]));
  if (needed.length > MOST_NEEDED)
    throw new RangeError(
      `The file names ${needed.length} certificates and profiles; at most ${MOST_NEEDED} go together.`,
    );
  const batches: Batch[] = needed.length === 0 ? [] : [{ needed: [], lines: needed }];
  let rest: Line[] = [];
  let characters = 0;
  const close = () => {
    if (rest.length > 0) batches.push({ needed, lines: rest });
    rest = [];
    characters = 0;
  };
  for (const line of lines) {
    if (NEEDED.has(line.value["kind"])) continue;
    const size = JSON.stringify(line.value).length;
    if (rest.length === MOST_IN_BATCH || characters + size > MOST_CHARACTERS) close();
    rest.push(line);
    characters += size;
  }
  close();
  return batches;
};
