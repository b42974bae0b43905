import type { DeviceId } from "@pomona/facts";
import { buildCommand, errorChainText, eventOfStatus, nextCommand, nextCommandState, type Report } from "@pomona/mdm";
import type { Kernel } from "../../kernel/feature.ts";
import { deviceScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { type DeviceRow, readDevice } from "../devices/index.ts";
import { EMPTY, type Enrollment, type MdmAnswer } from "../enrollment/index.ts";
import { commandCatalog } from "./catalog/index.ts";
import { renderPayload } from "./command-input.ts";
import type { CommandQueue } from "./command-queue.ts";
import { findOpen, markNotNow, markSent, readOpen } from "./commands.sql.ts";
import type { CommandRow } from "./model.ts";
import { notNowDelay } from "./model.ts";

const PLIST_TYPE = "application/xml; charset=UTF-8";
/** How far ahead a poll looks: postponed commands before the next one that may be served. */
const LOOK_AHEAD = 50;

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
    const waiting = await readOpen(tx, deviceId, LOOK_AHEAD);
    const left = report.status === "Idle" ? waiting : await takeReport(tx, queue, deviceId, report, waiting);
    if (left.length === 0) {
      tx.afterCommit(() => queue.noteEmpty(deviceId));
      return EMPTY;
    }
    const next = await choose(tx, queue, enrollment, deviceId, report, left);
    if (next === undefined) return EMPTY;
    return serve(tx, kernel, next);
  });
}

/** @returns what is still open after the report */
async function takeReport(
  tx: WriteTransaction,
  queue: CommandQueue,
  deviceId: DeviceId,
  report: Report,
  waiting: readonly CommandRow[],
): Promise<readonly CommandRow[]> {
  const { status } = report;
  const commandUuid = report.commandUuid!;
  const row =
    waiting.find((candidate) => candidate.commandUuid === commandUuid) ?? (await findOpen(tx, deviceId, commandUuid));
  // Unknown, or reported before: the answer to the first report was lost. No second change; the next command goes out again.
  if (row === undefined || status === "Idle") return waiting;
  const state = nextCommandState(row.state, eventOfStatus(status));
  if (state === undefined) return waiting;
  if (state === "notNow") {
    const count = row.notNowCount + 1;
    await markNotNow(tx, row.id, count, tx.now + notNowDelay(count));
    return waiting.map((candidate) =>
      candidate.id === row.id ? { ...candidate, state, notNowCount: count } : candidate,
    );
  }
  await queue.end(tx, row, state, state === "acknowledged" ? null : errorChainText(report.errorChain) || status);
  if (state === "acknowledged") {
    await commandCatalog.get(row.requestType)?.onAcknowledged?.(tx, deviceId, report.raw);
  }
  return waiting.filter((candidate) => candidate.id !== row.id);
}

/** The next command that may still be served; those whose time or condition has passed end here. */
async function choose(
  tx: WriteTransaction,
  queue: CommandQueue,
  enrollment: Enrollment,
  deviceId: DeviceId,
  report: Report,
  waiting: readonly CommandRow[],
): Promise<CommandRow | undefined> {
  let device: DeviceRow | undefined;
  let left = waiting;
  for (;;) {
    const next = nextCommand(left, report.status);
    if (next === undefined) return undefined;
    device ??= await readDevice(tx, deviceId);
    // Held until a person looks: two bodies use this identity.
    if (device === undefined || device.quarantine !== null) return undefined;
    const isExpired = next.expiresAt !== null && next.expiresAt <= tx.now;
    const objection = isExpired ? "expired" : objectionTo(next, device, enrollment);
    if (objection === undefined) return next;
    await queue.end(tx, next, isExpired ? "expired" : "error", isExpired ? "it was not answered in time" : objection);
    left = left.filter((candidate) => candidate.id !== next.id);
  }
}

function objectionTo(row: CommandRow, device: DeviceRow, enrollment: Enrollment): string | undefined {
  const definition = commandCatalog.get(row.requestType);
  if (definition === undefined) return "this server no longer knows this command";
  return definition.objection?.({
    device,
    isUserEnrollment: enrollment.isUserEnrollment,
    isAwaitingConfiguration: enrollment.isAwaitingConfiguration,
  });
}

async function serve(tx: WriteTransaction, kernel: Kernel, row: CommandRow): Promise<MdmAnswer> {
  const definition = commandCatalog.get(row.requestType)!;
  const payload = renderPayload(kernel.vault, tx.scope.tenantId, row.id, definition, row.input);
  const body = buildCommand(row.commandUuid, row.requestType, payload);
  // A command that is out already goes out again as it is: its answer may have been lost.
  if (row.state !== "sent") {
    await markSent(tx, row.id);
    const data = { commandId: row.id, requestType: row.requestType };
    await tx.publish({ type: "command.sent", deviceId: row.deviceId, data });
  }
  return { status: 200, body, contentType: PLIST_TYPE };
}
