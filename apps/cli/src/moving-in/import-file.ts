import { importRecords, type MovingOutcome, type MovingRecord } from "@pomona/contract";
import { type ApiClient, ApiProblem } from "@pomona/testkit";
import { type Line, readLines } from "./read-lines.ts";

const MOST_IN_BATCH = 50;
const MOST_BYTES = 1_000_000;
/** Records that the others need; each batch repeats them, which changes nothing the second time. */
const BEFORE_OTHERS: ReadonlySet<unknown> = new Set(["push-certificate", "issuer", "enrollment-profile"]);
const MOST_BEFORE = 9;

/** What became of one line. */
export interface LineOutcome extends MovingOutcome {
  readonly line: number;
}

/**
 * Sends a file in bounded batches. It can be stopped and sent again: what is there already is left as it is. A line that the
 * server cannot read holds up no other.
 */
export async function* importFile(
  api: Pick<ApiClient, "call">,
  file: string,
  dryRun: boolean,
): AsyncGenerator<LineOutcome> {
  const before: Line[] = [];
  for await (const line of readLines(file)) if (BEFORE_OTHERS.has(line.value["kind"])) before.push(line);
  if (before.length > MOST_BEFORE) throw new Error(`${file}: more than ${MOST_BEFORE} certificates and profiles`);
  yield* await send(api, [], before, dryRun);
  let batch: Line[] = [];
  let bytes = 0;
  for await (const line of readLines(file)) {
    if (BEFORE_OTHERS.has(line.value["kind"]) || line.value["kind"] === "header") continue;
    const size = JSON.stringify(line.value).length;
    if (batch.length > 0 && (batch.length === MOST_IN_BATCH || bytes + size > MOST_BYTES)) {
      yield* await send(api, before, batch, dryRun);
      batch = [];
      bytes = 0;
    }
    batch.push(line);
    bytes += size;
  }
  yield* await send(api, before, batch, dryRun);
}

async function send(
  api: Pick<ApiClient, "call">,
  before: readonly Line[],
  batch: readonly Line[],
  dryRun: boolean,
): Promise<readonly LineOutcome[]> {
  if (batch.length === 0) return [];
  // The server reads them strictly; what is no record is refused there, in its own words.
  const records = [...before, ...batch].map(({ value }) => value) as unknown as MovingRecord[];
  try {
    const { outcomes } = await api.call(importRecords, { dryRun, records });
    return outcomes.slice(before.length).map((outcome, at) => ({ ...outcome, line: batch[at]!.number }));
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.problem.status !== 400) throw error;
    if (batch.length > 1) {
      const singles: LineOutcome[] = [];
      for (const line of batch) singles.push(...(await send(api, before, [line], dryRun)));
      return singles;
    }
    return [unreadable(batch[0]!, error)];
  }
}

function unreadable({ number, value }: Line, { problem }: ApiProblem): LineOutcome {
  const { identifier } = value;
  const where = problem.errors?.map(({ path, message }) => `${path} ${message}`).join("; ");
  return {
    kind: "enrollment",
    name: typeof identifier === "string" ? identifier : "",
    outcome: "refused",
    reason: `the line is not a record: ${where ?? problem.detail}`,
    brings: [],
    leaves: [],
    line: number,
  };
}
