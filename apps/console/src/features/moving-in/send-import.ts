import { importRecords, type MovingOutcome, type MovingRecord } from "@pomona/contract";
import { type CallOptions, call } from "../../client/call.ts";
import { ProblemError } from "../../client/problem-error.ts";
import type { Batch, Line } from "./import-lines.ts";

/** What became of one line of the file, or would. */
export interface LineOutcome extends MovingOutcome {
  readonly line: number;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const unreadable = ({ number, value }: Line, { fields, message }: ProblemError): LineOutcome => ({
  line: number,
  kind: "enrollment",
  name: textOf(value["identifier"]),
  outcome: "refused",
  reason: `It is not a record: ${fields.length === 0 ? message : fields.map((field) => `${field.path} ${field.message}`).join("; ")}`,
  brings: [],
  leaves: [],
});

/**
 * Sends one batch, or tries it. A line that the server cannot read holds up no other: the batch is halved until it stands alone.
 * @throws ProblemError
 */
export const sendBatch = async (
  { needed, lines }: Batch,
  dryRun: boolean,
  options: CallOptions,
): Promise<readonly LineOutcome[]> => {
  // The server reads them strictly, and says in its own words what is no record.
  const records = [...needed, ...lines].map(({ value }) => value) as unknown as MovingRecord[];
  try {
    const { outcomes } = await call(importRecords, { dryRun, records }, options);
    return outcomes.slice(needed.length).map((outcome, at) => ({ ...outcome, line: lines[at]?.number ?? 0 }));
  } catch (cause) {
    if (!(cause instanceof ProblemError) || cause.status !== 400) throw cause;
    const [only] = lines;
    if (lines.length === 1 && only !== undefined) return [unreadable(only, cause)];
    const middle = Math.ceil(lines.length / 2);
    const first = await sendBatch({ needed, lines: lines.slice(0, middle) }, dryRun, options);
    return [...first, ...(await sendBatch({ needed, lines: lines.slice(middle) }, dryRun, options))];
  }
};
