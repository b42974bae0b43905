import type { DeviceId } from "@pomona/facts";
import { buildCommand, errorChainText, eventOfStatus, nextCommand, nextCommandState, type Report } from "@pomona/mdm";
import type { Kernel } from "../../kernel/feature.ts";
import { deviceScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { EMPTY, type Enrollment, type MdmAnswer } from "../enrollment/index.ts";
import { commandCatalog } from "./catalog/index.ts";
import { renderPayload } from "./command-input.ts";
import type { CommandQueue } from "./command-queue.ts";
import { findOpen, markNotNow, markSent, readOpen } from "./commands.sql.ts";
import type { CommandRow } from "./model.ts";
import { notNowDelay } from "./model.ts";

const PLIST_TYPE = "application/xml; charset=UTF-8";
/** The command that was reported on and the one after it: what nearly every poll needs. */
const LOOK_AHEAD = 2;

export interface Sender {
  readonly enrollment: Enrollment;
  readonly deviceId: DeviceId;
}

/**
 * Answers a poll: takes in what became of the last command and hands out the next, in one transaction. What the Mac reports
 * is on disk before it gets the 200; an idle poll for which nothing waits does not leave memory.
 */
export async function answerPoll(
  kernel: Kernel,
  queue: CommandQueue,
  { enrollment, deviceId }: Sender,
  report: Report,
): Promise<MdmAnswer> {
  // Commands are for the device channel; a user's channel has nothing to fetch and nothing to report on.
  if (report.from.channel === "user") return EMPTY;
  if (report.status === "Idle" && queue.isKnownEmpty(deviceId)) return EMPTY;
  const { tenantId } = enrollment;
  return kernel.store.write(deviceScope(tenantId, deviceId), async (tx) => {
    const first = await readOpen(tx, deviceId, { limit: LOOK_AHEAD, isPostponedToo: true });
    const left = report.status === "Idle" ? first : await takeReport(tx, queue, deviceId, report, first);
    const next = await choose(tx, queue, enrollment, deviceId, report, left);
    return next === undefined ? EMPTY : serve(tx, kernel, next);
  });
}

/** @returns those of the first commands that are still open after the report */
async function takeReport(
  tx: WriteTransaction,
  queue: CommandQueue,
  deviceId: DeviceId,
  report: Report,
  first: readonly CommandRow[],
): Promise<readonly CommandRow[]> {
  const { status } = report;
  const commandUuid = report.commandUuid!;
  const row =
    first.find((candidate) => candidate.commandUuid === commandUuid) ?? (await findOpen(tx, deviceId, commandUuid));
  // Unknown, or reported before: the answer to the first report was lost. No second change; the next command goes out again.
  if (row === undefined || status === "Idle") return first;
  const definition = commandCatalog.get(row.requestType);
  const isAcknowledged = status === "Acknowledged";
  const failure = isAcknowledged ? definition?.failureIn?.(report.raw) : undefined;
  const state = nextCommandState(row.state, failure === undefined ? eventOfStatus(status) : "error");
  if (state === undefined) return first;
  if (state === "notNow") {
    const count = row.notNowCount + 1;
    await markNotNow(tx, row.id, count, tx.now + notNowDelay(count));
    return [];
  }
  await queue.end(tx, row, state, isAcknowledged ? (failure ?? null) : errorChainText(report.errorChain) || status);
  // What an answer tells besides a failure is true all the same.
  if (isAcknowledged) await definition?.onAcknowledged?.(tx, deviceId, report.raw);
  return first.filter((candidate) => candidate.id !== row.id);
}

/**
 * The next command that may still be served; those whose time or condition has passed end here. `known` are the first that
 * are open, in order, or none where that has to be asked anew.
 */
async function choose(
  tx: WriteTransaction,
  queue: CommandQueue,
  enrollment: Enrollment,
  deviceId: DeviceId,
  report: Report,
  known: readonly CommandRow[],
): Promise<CommandRow | undefined> {
  const isPostponedToo = report.status !== "NotNow";
  let candidates = known;
  for (;;) {
    let next = nextCommand(candidates, report.status);
    if (next === undefined) {
      next = (await readOpen(tx, deviceId, { limit: 1, isPostponedToo }))[0];
      if (next === undefined) {
        if (isPostponedToo) tx.afterCommit(() => queue.noteEmpty(deviceId));
        return undefined;
      }
    }
    // Held until a person looks: two bodies use this identity.
    if (await queue.isHeld(tx, deviceId)) return undefined;
    const isExpired = next.expiresAt !== null && next.expiresAt <= tx.now;
    const objection = isExpired ? "it was not answered in time" : objectionTo(next, enrollment);
    if (objection === undefined) return next;
    await queue.end(tx, next, isExpired ? "expired" : "error", objection);
    candidates = candidates.filter((candidate) => candidate.id !== next.id);
  }
}

function objectionTo(row: CommandRow, enrollment: Enrollment): string | undefined {
  const definition = commandCatalog.get(row.requestType);
  return definition === undefined ? "this server no longer knows this command" : definition.objection?.(enrollment);
}

async function serve(tx: WriteTransaction, kernel: Kernel, row: CommandRow): Promise<MdmAnswer> {
  const definition = commandCatalog.get(row.requestType)!;
  const payload = renderPayload(kernel.vault, tx.scope.tenantId, row.id, definition, row.input);
  const body = buildCommand(row.commandUuid, row.requestType, payload);
  // A command that is out already goes out again as it is: its answer may have been lost.
  if (row.state !== "sent") {
    await markSent(tx, row.id);
    // Told while it happens and not kept as a fact: the row has the time, and this is the busiest write there is.
    const data = { commandId: row.id, requestType: row.requestType };
    const { tenantId } = tx.scope;
    tx.afterCommit(() => kernel.live.publish({ type: "command.sent", tenantId, deviceId: row.deviceId, data }));
  }
  return { status: 200, body, contentType: PLIST_TYPE };
}
