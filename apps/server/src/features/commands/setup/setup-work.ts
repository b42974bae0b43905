import type { DeviceSetup } from "@pomona/contract";
import { type CommandId, type DeviceId } from "@pomona/facts";
import { isFinalCommandState } from "@pomona/mdm";
import type { Kernel } from "../../../kernel/feature.ts";
import type { ReadTransaction, WriteTransaction } from "../../../kernel/store.ts";
import { setMdmState } from "../../devices/index.ts";
import { readEnrollmentOfDevice } from "../../enrollment/index.ts";
import type { CommandQueue } from "../command-queue.ts";
import { readCommand, readOpen } from "../commands.sql.ts";
import type { SettleLater } from "./settle-later.ts";
import { deleteSetup, putSetup, putWork, readSetup, readWork, type SetupRow, type WorkRow } from "./setup.sql.ts";

/** How long a Mac waits in Setup Assistant at most, unless told otherwise, in ms. */
export const DEFAULT_SETUP_MS = 600_000;
/** A `DeviceConfigured` that the Mac refused is sent again after this, doubled each time up to an hour, in ms. */
const AGAIN_MS = 60_000;
const MOST_AGAIN_MS = 3_600_000;
/** Commands that a Mac had queued when it said, later than others do, that it waits. */
const MOST_QUEUED = 1000;

type NoteConfigured = (tx: WriteTransaction, deviceId: DeviceId) => Promise<void>;

/**
 * What a Mac in Setup Assistant waits for, and its end: `DeviceConfigured` goes out once all work is done, and at the deadline
 * whatever is not. Everything is in rows, so a restart goes on where it was; `later` only says when to look.
 */
export class SetupWork {
  readonly #kernel: Kernel;
  readonly #queue: CommandQueue;
  readonly #later: SettleLater;
  readonly #noteConfigured: NoteConfigured;
  readonly #limitMs: number;
  readonly #expected = new Map<string, string>();

  constructor(parts: {
    readonly kernel: Kernel;
    readonly queue: CommandQueue;
    readonly later: SettleLater;
    readonly noteConfigured: NoteConfigured;
    readonly limitMs?: number | undefined;
  }) {
    this.#kernel = parts.kernel;
    this.#queue = parts.queue;
    this.#later = parts.later;
    this.#noteConfigured = parts.noteConfigured;
    this.#limitMs = parts.limitMs ?? DEFAULT_SETUP_MS;
  }

  /** Called by a feature when it is made: every Mac in Setup Assistant waits until it has called `follow` or `finish`. */
  expect(name: string, summary: string): void {
    this.#expected.set(name, summary);
  }

  /** The work is done once all these commands have ended. To be called once, in the handler of `device.enrolled`. */
  async follow(
    tx: WriteTransaction,
    deviceId: DeviceId,
    name: string,
    commandIds: readonly CommandId[],
  ): Promise<void> {
    await this.#note(tx, deviceId, name, (work) => ({ ...work, isDone: commandIds.length === 0, commandIds }));
  }

  /** The work is done, was not needed, or cannot be done: then `problem` says why, in words. */
  async finish(tx: WriteTransaction, deviceId: DeviceId, name: string, problem: string | null = null): Promise<void> {
    await this.#note(tx, deviceId, name, (work) => ({ ...work, isDone: true, problem }));
  }

  /** What the Mac said in a TokenUpdate, in its transaction. */
  async noteAwaiting(
    tx: WriteTransaction,
    mac: { readonly deviceId: DeviceId; readonly isAwaiting: boolean; readonly isNew: boolean },
  ): Promise<void> {
    const { deviceId } = mac;
    const known = await readSetup(tx, deviceId);
    if (!mac.isAwaiting) {
      if (known !== undefined) await this.#end(tx, known, known.reason ?? "mac-went-on");
      return;
    }
    if (known !== undefined) return;
    const deadlineAt = tx.now + this.#limitMs;
    const setup: SetupRow = {
      deviceId,
      beganAt: tx.now,
      deadlineAt,
      state: "working",
      reason: null,
      unfinished: [],
      commandId: null,
      attempts: 0,
      nextAt: deadlineAt,
    };
    await putSetup(tx, setup);
    for (const work of mac.isNew ? this.#allExpected() : [await queuedWork(tx, deviceId)])
      await putWork(tx, deviceId, work);
    await this.#show(tx, setup);
    await tx.publish({ type: "device.setup-began", deviceId, data: { deadlineAt } });
    this.#later.soon(tx, deviceId);
  }

  /** The Mac enrolls anew, or left. */
  async forget(tx: WriteTransaction, deviceId: DeviceId): Promise<void> {
    if (!(await deleteSetup(tx, deviceId))) return;
    await setMdmState(tx, deviceId, { setup: null });
    this.#later.forget(tx, deviceId);
  }

  /** Looks at one Mac and does what is due. */
  async settle(tx: WriteTransaction, deviceId: DeviceId): Promise<void> {
    const setup = await readSetup(tx, deviceId);
    if (setup === undefined) return this.#later.forget(tx, deviceId);
    const enrollment = await readEnrollmentOfDevice(tx, deviceId);
    if (enrollment === undefined || !enrollment.isAwaitingConfiguration)
      return this.#end(tx, setup, setup.reason ?? "mac-went-on");
    return setup.state === "working" ? this.#work(tx, setup) : this.#seeOff(tx, setup);
  }

  async #work(tx: WriteTransaction, setup: SetupRow): Promise<void> {
    const { deviceId } = setup;
    const open: string[] = [];
    const problems: string[] = [];
    for (const work of await readWork(tx, deviceId)) {
      const now = await lookAt(tx, work);
      if (now !== work) await putWork(tx, deviceId, now);
      if (!now.isDone) open.push(now.summary);
      if (now.problem !== null) problems.push(`${now.summary}: ${now.problem}`);
    }
    const isOver = tx.now >= setup.deadlineAt;
    if (open.length > 0 && !isOver) {
      if (JSON.stringify(open) === JSON.stringify(setup.unfinished)) return;
      const seen = { ...setup, unfinished: open };
      await putSetup(tx, seen);
      await this.#show(tx, seen);
      return;
    }
    const reason = open.length === 0 ? "finished" : "deadline";
    const unfinished = [...open, ...problems];
    this.#kernel.log[reason === "deadline" ? "warn" : "info"]("setup.released", { deviceId, reason, unfinished });
    await tx.publish({ type: "device.setup-ended", deviceId, data: { reason, unfinished } });
    await this.#release(tx, { ...setup, state: "releasing", reason, unfinished });
  }

  /** `DeviceConfigured` before everything else that waits, so that a night of NotNow does not hold it. */
  async #release(tx: WriteTransaction, setup: SetupRow): Promise<void> {
    const { deviceId, attempts } = setup;
    const order = { deviceId, requestType: "DeviceConfigured", lane: "urgent", actor: "setup" } as const;
    const { id } = await this.#queue.enqueue(tx, order);
    const nextAt = tx.now + Math.min(AGAIN_MS * 2 ** attempts, MOST_AGAIN_MS);
    const released = { ...setup, commandId: id, attempts: attempts + 1, nextAt };
    await putSetup(tx, released);
    await this.#show(tx, released);
  }

  async #seeOff(tx: WriteTransaction, setup: SetupRow): Promise<void> {
    const command = setup.commandId === null ? undefined : await readCommand(tx, setup.commandId);
    if (command?.state === "acknowledged") return this.#end(tx, setup, setup.reason ?? "finished");
    if (setup.nextAt > tx.now) return;
    if (command !== undefined && !isFinalCommandState(command.state))
      return putSetup(tx, { ...setup, nextAt: tx.now + AGAIN_MS });
    this.#kernel.log.warn("setup.released-again", { deviceId: setup.deviceId, attempts: setup.attempts });
    return this.#release(tx, setup);
  }

  async #end(tx: WriteTransaction, setup: SetupRow, reason: NonNullable<DeviceSetup["reason"]>): Promise<void> {
    const { deviceId, unfinished } = setup;
    if (setup.state === "working") {
      this.#kernel.log.info("setup.released", { deviceId, reason, unfinished });
      await tx.publish({ type: "device.setup-ended", deviceId, data: { reason, unfinished } });
    }
    await deleteSetup(tx, deviceId);
    await this.#noteConfigured(tx, deviceId);
    await this.#show(tx, { ...setup, reason }, tx.now);
    this.#later.forget(tx, deviceId);
  }

  async #show(tx: WriteTransaction, setup: SetupRow, endedAt?: number): Promise<void> {
    await setMdmState(tx, setup.deviceId, {
      setup: {
        state: endedAt === undefined ? setup.state : "ended",
        beganAt: new Date(setup.beganAt).toISOString(),
        deadlineAt: new Date(setup.deadlineAt).toISOString(),
        endedAt: endedAt === undefined ? null : new Date(endedAt).toISOString(),
        reason: setup.reason,
        unfinished: [...setup.unfinished],
      },
    });
  }

  async #note(
    tx: WriteTransaction,
    deviceId: DeviceId,
    name: string,
    change: (work: WorkRow) => WorkRow,
  ): Promise<void> {
    const work = (await readWork(tx, deviceId)).find((row) => row.name === name);
    if (work === undefined) return;
    await putWork(tx, deviceId, change(work));
    this.#later.soon(tx, deviceId);
  }

  #allExpected(): readonly WorkRow[] {
    return [...this.#expected].map(([name, summary]) => ({
      name,
      summary,
      isDone: false,
      problem: null,
      commandIds: [],
    }));
  }
}

/** A Mac that was enrolled already and says now that it waits: for what it was sent until now. */
async function queuedWork(tx: ReadTransaction, deviceId: DeviceId): Promise<WorkRow> {
  const open = await readOpen(tx, deviceId, { limit: MOST_QUEUED });
  const commandIds = open.map(({ id }) => id);
  return { name: "queue", summary: "queued commands", isDone: commandIds.length === 0, problem: null, commandIds };
}

/** @returns the same row when nothing changed */
async function lookAt(tx: ReadTransaction, work: WorkRow): Promise<WorkRow> {
  if (work.isDone || work.commandIds.length === 0) return work;
  const failed: string[] = [];
  for (const id of work.commandIds) {
    const command = await readCommand(tx, id);
    if (command === undefined || command.state === "acknowledged") continue;
    if (!isFinalCommandState(command.state)) return work;
    failed.push(`${command.requestType} ${command.error ?? command.state}`);
  }
  return { ...work, isDone: true, problem: failed.length === 0 ? null : failed.join("; ").slice(0, 500) };
}
