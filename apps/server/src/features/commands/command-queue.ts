import { randomUUID } from "node:crypto";
import { asId, type CommandId, type CommandState, type DeviceId, type TenantId } from "@pomona/facts";
import { nextCommandState } from "@pomona/mdm";
import { newId } from "../../kernel/clock.ts";
import { notFound, PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";
import { readDevice } from "../devices/index.ts";
import { readEnrollmentOfDevice } from "../enrollment/index.ts";
import { commandCatalog } from "./catalog/index.ts";
import { checkInput, packInput } from "./command-input.ts";
import { cancelAll, close, insertCommand, isUuidTaken, readCommand } from "./commands.sql.ts";
import type { AnyCommandDefinition } from "./define-command.ts";
import { type CommandRow, DEFAULT_TTL_MS, LANE_RANK, type Lane } from "./model.ts";

export interface CommandOrder {
  readonly deviceId: DeviceId;
  readonly requestType: string;
  readonly input?: unknown;
  readonly lane?: Lane;
  readonly ttlMs?: number;
  /** Who or what asks, as the console shows it; the scope's actor when not given. */
  readonly actor?: string;
  /** One UUID may go to several Macs, and to each of them once. */
  readonly commandUuid?: string;
}

export interface QueuedCommand {
  readonly id: CommandId;
  readonly commandUuid: string;
  readonly state: CommandState;
}

export type Wake = (tenantId: TenantId, deviceId: DeviceId) => void;

/** Puts commands into queues and takes them out; remembers which queues are empty, so that idle polls read no store. */
export class CommandQueue {
  readonly #kernel: Kernel;
  readonly #wake: Wake;
  readonly #empty = new Set<DeviceId>();
  readonly #held = new Map<DeviceId, boolean>();

  constructor(kernel: Kernel, wake: Wake) {
    this.#kernel = kernel;
    this.#wake = wake;
  }

  /** Whether memory knows that nothing waits for this Mac. */
  isKnownEmpty(deviceId: DeviceId): boolean {
    return this.#empty.has(deviceId);
  }

  /** Only from the `afterCommit` of a write that saw the queue empty: commits and their effects come in one order. */
  noteEmpty(deviceId: DeviceId): void {
    this.#empty.add(deviceId);
  }

  /** Whether a quarantine holds this Mac's commands. */
  async isHeld(tx: ReadTransaction, deviceId: DeviceId): Promise<boolean> {
    let isHeld = this.#held.get(deviceId);
    if (isHeld === undefined) {
      const device = await readDevice(tx, deviceId);
      isHeld = device === undefined || device.quarantine !== null;
      this.#held.set(deviceId, isHeld);
    }
    return isHeld;
  }

  /** Forgets who is held where a commit may have changed it. */
  watch(): () => void {
    return this.#kernel.facts.subscribe((facts) => {
      for (const { type, deviceId } of facts) {
        if (deviceId !== null && (type === "device.quarantined" || type === "device.changed"))
          this.#held.delete(deviceId);
      }
    });
  }

  /**
   * Queues a command and wakes the Mac after the commit.
   * @throws PomonaError `command.unknown-type`, `command.invalid-input`, `device.not-found`, `command.not-enrolled`,
   * `command.duplicate-uuid`, `command.not-possible`
   */
  async enqueue(tx: WriteTransaction, order: CommandOrder): Promise<QueuedCommand> {
    const definition = definitionOf(order.requestType);
    const input = order.input ?? {};
    checkInput(definition, input);
    if ((await readDevice(tx, order.deviceId)) === undefined) throw notFound("device", order.deviceId);
    await refuseImpossible(tx, definition, order.deviceId);
    const { tenantId } = tx.scope;
    const id = newId<"command">(tx.now);
    const commandUuid = order.commandUuid ?? randomUUID().toUpperCase();
    if (order.commandUuid !== undefined && (await isUuidTaken(tx, order.deviceId, commandUuid))) {
      throw new PomonaError("conflict", "command.duplicate-uuid", "This Mac was sent a command with this UUID before.");
    }
    await insertCommand(tx, {
      id,
      deviceId: order.deviceId,
      commandUuid,
      requestType: order.requestType,
      lane: LANE_RANK[order.lane ?? "normal"],
      expiresAt: tx.now + (order.ttlMs ?? DEFAULT_TTL_MS),
      actor: order.actor ?? tx.scope.actor.name,
      input: packInput(this.#kernel.vault, tenantId, id, definition, input),
    });
    await tx.publish({
      type: "command.queued",
      deviceId: order.deviceId,
      data: { commandId: id, requestType: order.requestType },
    });
    tx.afterCommit(() => {
      this.#empty.delete(order.deviceId);
      this.#wake(tenantId, order.deviceId);
    });
    return { id, commandUuid, state: "queued" };
  }

  /** @throws PomonaError `command.not-found`, `command.already-sent` */
  async cancel(tx: WriteTransaction, deviceId: DeviceId, id: CommandId): Promise<CommandRow> {
    const row = await readCommand(tx, id);
    if (row === undefined || row.deviceId !== deviceId) throw notFound("command", id);
    const state = nextCommandState(row.state, "cancel");
    if (state === undefined) {
      const why =
        row.state === "sent" ? "It was sent; the Mac may be doing it right now." : `It is already ${row.state}.`;
      throw new PomonaError("conflict", "command.already-sent", `This command cannot be cancelled. ${why}`);
    }
    await this.end(tx, row, state, "cancelled by a person");
    return { ...row, state, answeredAt: tx.now };
  }

  /** Ends a command and tells of it. */
  async end(tx: WriteTransaction, row: CommandRow, state: CommandState, error: string | null): Promise<void> {
    await close(tx, row.id, { state, error });
    await tx.publish({
      type: "command.answered",
      deviceId: row.deviceId,
      data: {
        commandId: row.id,
        requestType: row.requestType,
        state,
        ...(error === null || error === "" ? {} : { reason: error.slice(0, 500) }),
      },
    });
  }

  /** The Mac enrolled anew, or left: nothing that waited for the old enrollment may reach the new one. */
  async clear(tx: WriteTransaction, deviceId: DeviceId): Promise<void> {
    for (const { id, request_type: requestType } of await cancelAll(tx, deviceId)) {
      const data = { commandId: asId<"command">(id), requestType, state: "cancelled" as const };
      await tx.publish({ type: "command.answered", deviceId, data });
    }
    tx.afterCommit(() => this.#empty.delete(deviceId));
  }
}

export function definitionOf(requestType: string): AnyCommandDefinition {
  const definition = commandCatalog.get(requestType);
  if (definition !== undefined) return definition;
  throw new PomonaError(
    "invalid",
    "command.unknown-type",
    `There is no command ${requestType}. GET /api/v1/command-types lists those that can be sent.`,
  );
}

async function refuseImpossible(
  tx: WriteTransaction,
  definition: AnyCommandDefinition,
  deviceId: DeviceId,
): Promise<void> {
  const enrollment = await readEnrollmentOfDevice(tx, deviceId);
  if (enrollment === undefined) {
    throw new PomonaError("conflict", "command.not-enrolled", "This Mac is not enrolled, so no command can reach it.");
  }
  const objection = definition.objection?.(enrollment);
  if (objection === undefined) return;
  throw new PomonaError("conflict", "command.not-possible", `${definition.requestType} is not possible: ${objection}.`);
}
