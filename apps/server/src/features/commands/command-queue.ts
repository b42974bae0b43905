import { randomUUID } from "node:crypto";
import type { BatchId, CommandId, CommandState, DeviceId, TenantId } from "@pomona/facts";
import { nextCommandState } from "@pomona/mdm";
import type { PlistDictionary } from "@pomona/plist";
import { newId } from "../../kernel/clock.ts";
import { notFound, PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";
import { readDevice } from "../devices/index.ts";
import { type Enrollment, readEnrollmentOfDevice } from "../enrollment/index.ts";
import type { Wake } from "../push/index.ts";
import { readInput } from "./batch-rows.sql.ts";
import { checkInput, openInput, packInput } from "./command-input.ts";
import { markRetried } from "./command-lists.sql.ts";
import { close, insertCommand, isUuidTaken, readAllOpen, readCommand } from "./commands.sql.ts";
import type { AnyCommandDefinition } from "./define-command.ts";
import { definitionOf } from "./definitions.ts";
import { clearHold } from "./held.sql.ts";
import {
  type CommandRow,
  DEFAULT_TTL_MS,
  DEVICE_CHANNEL,
  type DeadLetter,
  defaultLane,
  type Hold,
  LANE_RANK,
  type Lane,
} from "./model.ts";
import type { AnswerHook, ApprovalPort, CommandAnswer, QueuedInput, QueueHook, UndoPolicy } from "./ports.ts";
import { Possibility } from "./possibility.ts";
import { channelOf, refuseImpossible } from "./possible.ts";
import { QueueMemory } from "./queue-memory.ts";

export interface CommandOrder {
  readonly deviceId: DeviceId;
  readonly requestType: string;
  readonly input?: unknown;
  /** Urgent for what destroys, normal for the rest, when not given. */
  readonly lane?: Lane;
  readonly ttlMs?: number;
  /** Who or what asks, as the console shows it; the scope's actor when not given. */
  readonly actor?: string;
  /** One UUID may go to several Macs, and to each of them once. */
  readonly commandUuid?: string;
  /** UserID of a managed user, for a command to that user's channel. */
  readonly userId?: string;
  /** Its keys were given as a property list and not checked. */
  readonly isRaw?: boolean;
}

export interface QueuedCommand {
  readonly id: CommandId;
  readonly commandUuid: string;
  readonly state: CommandState;
  /** ms; until then it can be taken back. */
  readonly notBefore: number | null;
  readonly hold: Hold | null;
}

export interface QueuePorts {
  readonly wake: Wake;
  readonly approval: ApprovalPort;
  readonly undo: UndoPolicy;
}

type FinalState = CommandAnswer["state"];
/** How a command ends, beside its state. */
export interface CommandEnd {
  readonly error: string | null;
  readonly dead?: DeadLetter;
  /** Known where the Mac itself ended it. */
  readonly from?: { readonly enrollment: Enrollment; readonly report: PlistDictionary };
  /** A batch tells of all its commands in one. */
  readonly isQuiet?: boolean;
}

/** Puts commands into queues and takes them out. */
export class CommandQueue {
  readonly memory = new QueueMemory();
  readonly possibility = new Possibility();
  readonly #kernel: Kernel;
  readonly #ports: QueuePorts;
  readonly #hooks = new Map<string, AnswerHook[]>();
  readonly #queueHooks = new Map<string, QueueHook[]>();
  readonly #quarantined = new Map<DeviceId, boolean>();
  #touched = new Map<BatchId, TenantId>();

  constructor(kernel: Kernel, ports: QueuePorts) {
    this.#kernel = kernel;
    this.#ports = ports;
  }

  /** Hears of the end of every command of some types, in its transaction. */
  onAnswer(requestTypes: readonly string[], hook: AnswerHook): void {
    for (const type of requestTypes) this.#hooks.set(type, [...(this.#hooks.get(type) ?? []), hook]);
  }

  /** Sees what goes into every command of some types, in the transaction that queues it: a PIN is escrowed before it is sent. */
  onQueue(requestTypes: readonly string[], hook: QueueHook): void {
    for (const type of requestTypes) this.#queueHooks.set(type, [...(this.#queueHooks.get(type) ?? []), hook]);
  }

  /** Whether anybody sees what goes into commands of this type. */
  isSeen(requestType: string): boolean {
    return this.#queueHooks.has(requestType);
  }

  /** For whoever writes rows of {@link row}: it belongs into the same transaction, before anything can serve the command. */
  async noteQueued(tx: WriteTransaction, command: QueuedInput): Promise<void> {
    for (const hook of this.#queueHooks.get(command.requestType) ?? []) await hook(tx, command);
  }

  /** Whether memory knows that nothing waits for this channel. */
  isKnownEmpty(deviceId: DeviceId, channel: string): boolean {
    return this.memory.isIdle(deviceId, channel, this.#kernel.clock.now());
  }

  /** Whether a quarantine holds this Mac's commands. */
  async isQuarantined(tx: ReadTransaction, deviceId: DeviceId): Promise<boolean> {
    let isHeld = this.#quarantined.get(deviceId);
    if (isHeld === undefined) {
      const device = await readDevice(tx, deviceId);
      isHeld = device === undefined || device.quarantine !== null;
      this.#quarantined.set(deviceId, isHeld);
    }
    return isHeld;
  }

  /** Forgets who is held where a commit may have changed it. */
  watch(): () => void {
    return this.#kernel.facts.subscribe((facts) => {
      for (const { type, deviceId } of facts) {
        if (deviceId === null || !type.startsWith("device.")) continue;
        this.#quarantined.delete(deviceId);
        this.possibility.forget(deviceId);
      }
    });
  }

  /**
   * Queues a command and wakes the Mac after the commit. What a person or a token asks for can be taken back during the undo
   * window of its risk, and may have to wait for a second person.
   * @throws PomonaError `command.unknown-type`, `command.invalid-input`, `device.not-found`, `command.not-enrolled`,
   * `command.no-such-user`, `command.duplicate-uuid`, `command.not-possible`
   */
  async enqueue(tx: WriteTransaction, order: CommandOrder): Promise<QueuedCommand> {
    return this.#insert(tx, order, null);
  }

  /** Sends a command that ended without success once more, as a new one. @throws also `command.not-retryable` */
  async retry(tx: WriteTransaction, deviceId: DeviceId, id: CommandId): Promise<QueuedCommand> {
    const row = await this.#find(tx, deviceId, id);
    const packed = await readInput(tx, row);
    const input = openInput(this.#kernel.vault, tx.scope.tenantId, packed, definitionOf(row));
    const order: CommandOrder = {
      deviceId,
      requestType: row.requestType,
      input,
      lane: row.lane === LANE_RANK.urgent ? "urgent" : row.lane === LANE_RANK.normal ? "normal" : "background",
      isRaw: row.isRaw,
      ...(row.expiresAt === null ? {} : { ttlMs: row.expiresAt - row.createdAt }),
    };
    const queued = await this.#insert(tx, order, row);
    await markRetried(tx, id, queued.id);
    return queued;
  }

  /** @throws PomonaError `command.not-found`, `command.already-sent` */
  async cancel(tx: WriteTransaction, deviceId: DeviceId, id: CommandId): Promise<CommandRow> {
    const row = await this.#find(tx, deviceId, id);
    const state = nextCommandState(row.state, "cancel");
    if (state === undefined) {
      const why =
        row.state === "sent" ? "It was sent; the Mac may be doing it right now." : `It is already ${row.state}.`;
      throw new PomonaError("conflict", "command.already-sent", `This command cannot be cancelled. ${why}`);
    }
    const error = `cancelled by ${tx.scope.actor.name}`;
    await this.end(tx, row, "cancelled", { error });
    return { ...row, state, error, answeredAt: tx.now, hold: null, notBefore: null };
  }

  /** Cancels all that was not yet sent to a Mac. */
  async cancelUpcoming(tx: WriteTransaction, deviceId: DeviceId): Promise<{ cancelled: number; sent: number }> {
    const open = await readAllOpen(tx, deviceId);
    const unsent = open.filter(({ state }) => nextCommandState(state, "cancel") !== undefined);
    for (const row of unsent) await this.end(tx, row, "cancelled", { error: `cancelled by ${tx.scope.actor.name}` });
    return { cancelled: unsent.length, sent: open.length - unsent.length };
  }

  /** Lets a held command go, when this is why it is held; its undo window, if any, goes on. */
  async release(tx: WriteTransaction, id: CommandId, hold: Hold): Promise<boolean> {
    const row = await readCommand(tx, id);
    if (row === undefined || row.answeredAt !== null || row.hold !== hold) return false;
    await clearHold(tx, id, row.notBefore);
    this.wakeAfterCommit(tx, row);
    return true;
  }

  /** Ends a command, lets those who asked for it store what came of it, and tells. */
  async end(tx: WriteTransaction, row: CommandRow, state: FinalState, end: CommandEnd): Promise<void> {
    const { error, dead = null } = end;
    await close(tx, row, { state, error, dead });
    this.memory.noteAnswered(tx.scope.tenantId, row.deviceId);
    const hooks = this.#hooks.get(row.requestType);
    if (hooks !== undefined) {
      const enrollment = end.from?.enrollment ?? (await readEnrollmentOfDevice(tx, row.deviceId)) ?? null;
      const command: CommandRow = { ...row, state, error, dead, answeredAt: tx.now, hold: null, notBefore: null };
      const answer = { deviceId: row.deviceId, enrollment, command, state, report: end.from?.report ?? null };
      for (const hook of hooks) await hook(tx, answer);
    }
    this.noteBatch(tx, row);
    if (end.isQuiet === true) return;
    const reason = error === null || error === "" ? {} : { reason: error.slice(0, 500) };
    const data = { commandId: row.id, requestType: row.requestType, state, ...reason };
    await tx.publish({ type: "command.answered", deviceId: row.deviceId, data });
  }

  /** Something happened to a command of a batch: its progress is to be told. */
  noteBatch(tx: WriteTransaction, { batchId }: Pick<CommandRow, "batchId">): void {
    const { tenantId } = tx.scope;
    if (batchId !== null) tx.afterCommit(() => this.#touched.set(batchId, tenantId));
  }
  takeTouchedBatches(): ReadonlyMap<BatchId, TenantId> {
    const touched = this.#touched;
    this.#touched = new Map();
    return touched;
  }

  /** What a command was for has come about, whether it is answered or not: it goes out no more. */
  async settle(tx: WriteTransaction, id: CommandId): Promise<void> {
    const row = await readCommand(tx, id);
    if (row === undefined || row.answeredAt !== null) return;
    if (row.state === "sent") await this.end(tx, row, "acknowledged", { error: null });
    else await this.end(tx, row, "cancelled", { error: "no longer needed" });
  }

  /** The Mac enrolled anew, or left: nothing that waited for the old enrollment may reach the new one. */
  async clear(tx: WriteTransaction, deviceId: DeviceId): Promise<void> {
    for (const row of await readAllOpen(tx, deviceId))
      await this.end(tx, row, "cancelled", { error: "the Mac enrolled anew or left" });
    tx.afterCommit(() => this.memory.forget(deviceId, DEVICE_CHANNEL));
  }

  /** After the commit the Mac is woken, and its next poll looks into the store. */
  wakeAfterCommit(
    tx: WriteTransaction,
    { deviceId, channel, notBefore }: Pick<CommandRow, "deviceId" | "channel" | "notBefore">,
  ): void {
    const { tenantId } = tx.scope;
    tx.afterCommit(() => {
      if (notBefore !== null && notBefore > tx.now) return this.memory.forget(deviceId, channel);
      this.memory.noteExpected({ tenantId, deviceId, channel }, tx.now);
      this.wake(tenantId, deviceId, channel);
    });
  }

  wake(tenantId: TenantId, deviceId: DeviceId, channel: string): void {
    this.#ports.wake(tenantId, deviceId, channel === DEVICE_CHANNEL ? null : channel);
  }

  async #find(tx: ReadTransaction, deviceId: DeviceId, id: CommandId): Promise<CommandRow> {
    const row = await readCommand(tx, id);
    if (row === undefined || row.deviceId !== deviceId) throw notFound("command", id);
    return row;
  }

  async #insert(tx: WriteTransaction, order: CommandOrder, original: CommandRow | null): Promise<QueuedCommand> {
    const definition = definitionOf(order);
    const input = order.input ?? {};
    checkInput(definition, input);
    const { deviceId, requestType } = order;
    if ((await readDevice(tx, deviceId)) === undefined) throw notFound("device", deviceId);
    const channel = original?.channel ?? (await channelOf(tx, deviceId, order.userId));
    await refuseImpossible(tx, this.possibility, { requestType, deviceId, channel, isRaw: order.isRaw ?? false });
    const commandUuid = order.commandUuid ?? randomUUID().toUpperCase();
    if (order.commandUuid !== undefined && (await isUuidTaken(tx, deviceId, commandUuid))) {
      throw new PomonaError("conflict", "command.duplicate-uuid", "This Mac was sent a command with this UUID before.");
    }
    const { notBefore, hold } = await this.#gate(tx, definition);
    const queued = this.row(tx, definition, {
      ...order,
      commandUuid,
      channel,
      packed: { notBefore, hold, batchId: null, retryOf: original?.id ?? null },
    });
    await insertCommand(tx, queued);
    if (this.isSeen(requestType))
      await this.noteQueued(tx, { id: queued.id, deviceId, requestType, payload: definition.payload(input) });
    const data = { commandId: queued.id, requestType };
    await tx.publish({ type: "command.queued", deviceId, data });
    if (hold === null) this.wakeAfterCommit(tx, { deviceId, channel, notBefore });
    return { id: queued.id, commandUuid, state: "queued", notBefore, hold };
  }

  /** What people and tokens ask for can be taken back, and may need a second person; what the server does by itself not. */
  async #gate(tx: WriteTransaction, definition: AnyCommandDefinition) {
    const { kind } = tx.scope.actor;
    if (kind !== "person" && kind !== "token") return { notBefore: null, hold: null };
    const { requestType, risk } = definition;
    const hold = (await this.#ports.approval.needed(tx, { requestType, risk, devices: 1 })) ?? null;
    const windowMs = await this.#ports.undo.windowMs(tx, risk);
    return { notBefore: windowMs > 0 ? tx.now + windowMs : null, hold };
  }

  /** A row for `insertCommand`, its secrets sealed for its own place. */
  row(
    tx: WriteTransaction,
    definition: AnyCommandDefinition,
    order: CommandOrder & {
      readonly commandUuid: string;
      readonly channel: string;
      readonly packed: {
        readonly notBefore: number | null;
        readonly hold: Hold | null;
        readonly batchId: BatchId | null;
        readonly retryOf: CommandId | null;
      };
    },
  ) {
    const id = newId<"command">(tx.now);
    const input = (order.input ?? {}) as Record<string, unknown>;
    return {
      id,
      deviceId: order.deviceId,
      channel: order.channel,
      commandUuid: order.commandUuid,
      requestType: order.requestType,
      lane: LANE_RANK[order.lane ?? defaultLane(definition.risk)],
      expiresAt: tx.now + (order.ttlMs ?? DEFAULT_TTL_MS),
      actor: order.actor ?? tx.scope.actor.name,
      input: packInput(this.#kernel.vault, tx.scope.tenantId, id, definition, input),
      isRaw: order.isRaw ?? false,
      ...order.packed,
    };
  }
}
