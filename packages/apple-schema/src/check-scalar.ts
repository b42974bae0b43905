import { PlistReal, type PlistValue } from "@pomona/plist";
import type { KeySchema } from "./model.ts";
import { nearestName } from "./nearest-name.ts";
import type { Problems } from "./problems.ts";

/** Longer text is not put to a regular expression: no format of Apple's allows so much. */
const MAX_FORMATTED = 10_000;

/** What is wrong with a value that is no container, beyond its type. */
export function checkScalar(schema: KeySchema, value: PlistValue, path: string, problems: Problems): void {
  const { values, range, format, known } = schema;
  const scalar = scalarOf(value);
  if (values !== undefined && !values.some((allowed) => allowed === scalar)) {
    problems.error(path, `must be ${oneOf(values)}`);
  }
  if (range !== undefined && typeof scalar === "number") {
    const [least, greatest] = range;
    // Written so that a value which is not a number does not pass.
    if (least !== null && !(scalar >= least)) problems.error(path, `must be at least ${least}`);
    else if (greatest !== null && !(scalar <= greatest)) problems.error(path, `must be at most ${greatest}`);
  }
  if (typeof scalar !== "string") return;
  if (format !== undefined && (scalar.length > MAX_FORMATTED || !patternOf(format).test(scalar))) {
    problems.error(path, `must have the form ${format}`);
  }
  if (known !== undefined && !known.includes(scalar)) {
    const near = nearestName(scalar, known);
    problems.warn(path, `is not a value that is known${near === undefined ? "" : `; did you mean ${near}?`}`);
  }
}

/** Integers beyond 2^53 lose their last digits here, which no range of Apple's is near. */
function scalarOf(value: PlistValue): string | number | boolean | undefined {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof PlistReal) return value.value;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
}

const oneOf = (values: readonly (string | number | boolean)[]): string =>
  values.length === 1 ? String(values[0]) : `one of ${values.join(", ")}`;

const patterns = new Map<string, RegExp>();

/** Apple writes `^a|b$` and means the whole string, whichever side of the bar it fits. */
export function patternOf(format: string): RegExp {
  let pattern = patterns.get(format);
  if (pattern === undefined) {
    pattern = new RegExp(`^(?:${format})$`, "u");
    patterns.set(format, pattern);
  }
  return pattern;
}
