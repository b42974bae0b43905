import type { DeviceId } from "@pomona/facts";
import { buildCommand, errorChainText, eventOfStatus, nextCommand, nextCommandState, type Report } from "@pomona/mdm";
import type { Kernel } from "../../kernel/feature.ts";
import { deviceScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { EMPTY, type Enrollment, type MdmAnswer } from "../enrollment/index.ts";
import { readInput } from "./batch-rows.sql.ts";
import { askedOf, renderPayload } from "./command-input.ts";
import type { CommandQueue } from "./command-queue.ts";
import { findOpen, markNotNow, markSent, readNextStart, readNotPostponed, readOpen } from "./commands.sql.ts";
import { findDefinition } from "./definitions.ts";
import {
  type CommandRow,
  DEVICE_CHANNEL,
  MAX_SENDINGS,
  notNowDelay,
  RESEND_MS,
  TOO_LATE,
  UNANSWERED,
} from "./model.ts";
import type { CommandAnswer } from "./ports.ts";

const PLIST_TYPE = "application/xml; charset=UTF-8";
/** The command that was reported on and the one after it: what nearly every poll needs. */
const LOOK_AHEAD = 2;

export interface Sender {
  readonly enrollment: Enrollment;
  readonly deviceId: DeviceId;
  /** Notes, with what a report changes, that it was taken in: it cannot be played back. */
  readonly remember: (tx: WriteTransaction) => Promise<void>;
}
/** A sender with the queue that its message is about. */
interface Poller extends Sender {
  readonly channel: string;
  readonly report: Report;
}

/** Which of a Mac's queues a message is about. */
export const queueOf = (from: Report["from"]): string => (from.channel === "user" ? from.identifier : DEVICE_CHANNEL);

/**
 * Answers a poll: takes in what became of the last command and hands out the next of the same channel, in one transaction.
 * What the Mac reports is on disk before it gets the 200; an idle poll for which nothing waits does not leave memory.
 */
export async function answerPoll(
  kernel: Kernel,
  queue: CommandQueue,
  { enrollment, deviceId, remember }: Sender,
  report: Report,
): Promise<MdmAnswer> {
  const channel = queueOf(report.from);
  if (report.status === "Idle" && queue.isKnownEmpty(deviceId, channel)) return EMPTY;
  const poller: Poller = { enrollment, deviceId, remember, channel, report };
  return kernel.store.write(deviceScope(enrollment.tenantId, deviceId), async (tx) => {
    if (report.status !== "Idle") await remember(tx);
    const first = await readOpen(tx, deviceId, { channel, limit: LOOK_AHEAD });
    const left = report.status === "Idle" ? first : await takeReport(tx, queue, poller, first);
    const next = await choose(tx, queue, poller, left);
    return next === undefined ? EMPTY : serve(tx, kernel, queue, next);
  });
}

/** @returns those of the first commands that are still open after the report */
async function takeReport(
  tx: WriteTransaction,
  queue: CommandQueue,
  { enrollment, deviceId, channel, report }: Poller,
  first: readonly CommandRow[],
): Promise<readonly CommandRow[]> {
  const { status } = report;
  const commandUuid = report.commandUuid!;
  const row =
    first.find((candidate) => candidate.commandUuid === commandUuid) ??
    (await findOpen(tx, deviceId, channel, commandUuid));
  // Unknown, or reported before: the answer to the first report was lost. No second change; the next command goes out again.
  if (row === undefined || status === "Idle") return first;
  const definition = findDefinition(row);
  const isAcknowledged = status === "Acknowledged";
  const failure = isAcknowledged ? definition?.failureIn?.(report.raw) : undefined;
  const state = nextCommandState(row.state, failure === undefined ? eventOfStatus(status) : "error");
  if (state === undefined) return first;
  if (state === "notNow") {
    const count = row.notNowCount + 1;
    const delay = notNowDelay(count);
    await markNotNow(tx, row.id, count, delay === null ? null : tx.now + delay);
    return [];
  }
  const error = isAcknowledged ? (failure ?? null) : errorChainText(report.errorChain) || status;
  await queue.end(tx, row, state as CommandAnswer["state"], { error, from: { enrollment, report: report.raw } });
  // What an answer tells besides a failure is true all the same. What a user's channel lists is that user's, not the Mac's.
  if (isAcknowledged && channel === DEVICE_CHANNEL && definition?.onAcknowledged !== undefined) {
    const { input } = row.batchId === null ? row : await readInput(tx, row);
    await definition.onAcknowledged(tx, deviceId, report.raw, askedOf(definition, input));
  }
  return first.filter((candidate) => candidate.id !== row.id);
}

/**
 * The next command that may still be served; those whose time, condition or patience is over end here and let those behind
 * them through. `known` are the first that are open, in order, or none where that has to be asked anew.
 */
async function choose(
  tx: WriteTransaction,
  queue: CommandQueue,
  { enrollment, deviceId, channel, report }: Poller,
  known: readonly CommandRow[],
): Promise<CommandRow | undefined> {
  const isPostponedToo = report.status !== "NotNow";
  let candidates = known;
  for (;;) {
    let next = nextCommand(candidates, report.status);
    if (next === undefined) {
      next = isPostponedToo
        ? (await readOpen(tx, deviceId, { channel, limit: 1 }))[0]
        : await readNotPostponed(tx, deviceId, channel);
      if (next === undefined) {
        if (isPostponedToo) await noteIdle(tx, queue, deviceId, channel);
        return undefined;
      }
    }
    // Held until a person looks: two bodies use this identity.
    if (await queue.isQuarantined(tx, deviceId)) return undefined;
    if (next.expiresAt !== null && next.expiresAt <= tx.now)
      await queue.end(tx, next, "expired", { error: TOO_LATE, dead: "expired" });
    else if (next.state === "sent" && next.sendCount >= MAX_SENDINGS && isFarFromLast(next, tx.now))
      await queue.end(tx, next, "expired", { error: UNANSWERED, dead: "unanswered" });
    else {
      const objection = await queue.possibility.objection(tx, next, enrollment);
      if (objection === undefined) return next;
      await queue.end(tx, next, "error", { error: objection });
    }
    const ended = next.id;
    candidates = candidates.filter((candidate) => candidate.id !== ended);
  }
}

async function noteIdle(tx: WriteTransaction, queue: CommandQueue, deviceId: DeviceId, channel: string): Promise<void> {
  const until = (await readNextStart(tx, deviceId, channel)) ?? Number.POSITIVE_INFINITY;
  const { tenantId } = tx.scope;
  tx.afterCommit(() => queue.memory.noteIdle({ tenantId, deviceId, channel }, until));
}

/** Whether this is another sending, and not the same poll whose answer was lost. */
const isFarFromLast = ({ sentAt }: CommandRow, now: number): boolean => sentAt === null || now - sentAt >= RESEND_MS;

async function serve(tx: WriteTransaction, kernel: Kernel, queue: CommandQueue, row: CommandRow): Promise<MdmAnswer> {
  const { tenantId } = tx.scope;
  const { deviceId, channel } = row;
  const packed = row.batchId === null ? row : await readInput(tx, row);
  const payload = renderPayload(kernel.vault, tenantId, packed, findDefinition(row)!);
  const body = buildCommand(row.commandUuid, row.requestType, payload);
  // A command that is out already goes out again as it is: its answer may have been lost.
  if (row.state !== "sent" || isFarFromLast(row, tx.now)) {
    await markSent(tx, row);
    queue.noteBatch(tx, row);
    // Told while it happens and not kept as a fact: the row has the time, and this is the busiest write there is.
    const data = { commandId: row.id, requestType: row.requestType };
    tx.afterCommit(() => {
      queue.memory.noteExpected({ tenantId, deviceId, channel }, tx.now);
      kernel.live.publish({ type: "command.sent", tenantId, deviceId, data });
    });
  }
  return { status: 200, body, contentType: PLIST_TYPE };
}
