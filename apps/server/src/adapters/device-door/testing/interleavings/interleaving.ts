import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Command } from "@pomona/contract";
import { asId, type BatchId, type CommandId, type TenantId } from "@pomona/facts";
import { newId } from "../../../../kernel/clock.ts";
import { PomonaError } from "../../../../kernel/errors.ts";
import { systemScope } from "../../../../kernel/scope.ts";
import type { WriteTransaction } from "../../../../kernel/store.ts";
import type { DeviceRig } from "../device-rig.ts";
import type { Event } from "./events.ts";
import type { ModelledMac } from "./modelled-mac.ts";
import { type MacQueues, type ModelCommand } from "./queue-model.ts";

export const TYPES = ["SecurityInfo", "InstalledApplicationList", "CertificateList", "ProfileList", "DeviceLock"];
/** Of what a person asks for these need a second one. */
export const NEED_APPROVAL: readonly string[] = ["CertificateList", "SecurityInfo"];
/** For what a person asks for, of whatever risk. */
export const UNDO_MS = 25_000;
const DEFAULT_TTL_MS = 30 * 86_400_000;

type Send = Extract<Event, { kind: "send" }>;

/** A tenant's server and Macs while events are played; what is asked of the server here is asked through its doors. */
export class Interleaving {
  rig: DeviceRig;
  readonly tenant: TenantId;
  readonly macs: readonly ModelledMac[];
  readonly batches: { readonly id: BatchId; readonly uuid: string }[] = [];
  /** Every command that was ever queued. */
  queued = 0;
  #order = 0;

  constructor(rig: DeviceRig, tenant: TenantId, macs: readonly ModelledMac[]) {
    this.rig = rig;
    this.tenant = tenant;
    this.macs = macs;
  }

  get now(): number {
    return this.rig.clock.now();
  }

  act<Output>(name: string, input: Record<string, unknown>, as: "system" | "person" = "system"): Promise<Output> {
    return this.rig.act(this.tenant, name, input, as) as Promise<Output>;
  }
  write<Output>(work: (tx: WriteTransaction) => Promise<Output>): Promise<Output> {
    return this.rig.kernel.store.write(systemScope(this.tenant, "test"), work);
  }

  /** @returns the code of the refusal, or what came of it */
  async attempt<Output>(work: () => Promise<Output>): Promise<Output | { readonly refused: string }> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof PomonaError) return { refused: error.code };
      throw error;
    }
  }

  async shown({ deviceId }: ModelledMac): Promise<readonly Command[]> {
    const { items } = await this.act<{ items: Command[] }>("commands.list-commands", { deviceId, limit: 1000 });
    return items;
  }

  newCommand(
    queued: { readonly id: string; readonly commandUuid: string },
    what: Pick<ModelCommand, "requestType" | "channel" | "lane"> &
      Partial<Pick<ModelCommand, "notBefore" | "hold" | "batch">> & { readonly ttlMs?: number },
  ): ModelCommand {
    const { requestType, channel, lane, notBefore = null, hold = null, batch = null, ttlMs = DEFAULT_TTL_MS } = what;
    this.#order += 1;
    this.queued += 1;
    return {
      id: queued.id,
      uuid: queued.commandUuid,
      requestType,
      channel,
      lane,
      notBefore,
      hold,
      batch,
      order: this.#order,
      createdAt: this.now,
      expiresAt: this.now + ttlMs,
      state: "queued",
      sentAt: null,
      sendCount: 0,
      notNowCount: 0,
      deadLetter: null,
      isRetried: false,
    };
  }

  /** @returns what the queue has more afterwards; undefined when it must be refused, and was */
  async send(mac: ModelledMac, event: Send): Promise<ModelCommand | undefined> {
    const isUser = event.isUser && mac.hasUser;
    const requestType = isUser ? "ProfileList" : TYPES[event.type]!;
    const isLock = requestType === "DeviceLock";
    const lane = event.lane ?? (isLock ? "urgent" : "normal");
    const input = {
      deviceId: mac.deviceId,
      requestType,
      ...(isLock ? { input: { pin: "123456" } } : {}),
      ...(event.lane === null ? {} : { lane }),
      ...(event.seconds === null ? {} : { expiresInSeconds: event.seconds }),
      ...(isUser ? { userId: mac.channelOf(true)!.split(":")[1] } : {}),
    };
    const as = event.isPerson ? "person" : "system";
    const queued = await this.attempt(() =>
      this.act<{ id: string; commandUuid: string }>("commands.send-command", input, as),
    );
    if ("refused" in queued) {
      assert.equal(queued.refused, "command.not-enrolled");
      assert.notEqual(mac.queues.stage, "enrolled", "an enrolled Mac's command was refused");
      return undefined;
    }
    assert.equal(mac.queues.stage, "enrolled", "a command was queued for a Mac that is not enrolled");
    return this.newCommand(queued, {
      requestType,
      channel: mac.channelOf(isUser),
      lane,
      notBefore: event.isPerson ? this.now + UNDO_MS : null,
      hold: event.isPerson && NEED_APPROVAL.includes(requestType) ? "approval" : null,
      ...(event.seconds === null ? {} : { ttlMs: event.seconds * 1000 }),
    });
  }

  /** One command to all Macs that are enrolled, as a batch's slice queues it. */
  async sendBatch(lane: "urgent" | "normal"): Promise<void> {
    const order = {
      batchId: newId<"batch">(this.now),
      requestType: "SecurityInfo",
      commandUuid: randomUUID().toUpperCase(),
      lane,
      ttlMs: 86_400_000,
      actor: "batch",
    };
    const { slices } = this.rig.commands;
    const refused = await this.write(async (tx) => {
      await slices.keepInput(tx, order, {});
      return slices.enqueue(
        tx,
        order,
        this.macs.map(({ deviceId }) => deviceId),
      );
    });
    const left = this.macs.filter(({ queues }) => queues.stage !== "enrolled");
    assert.deepEqual(
      refused.map(({ deviceId }) => deviceId),
      left.map(({ deviceId }) => deviceId),
    );
    this.batches.push({ id: order.batchId, uuid: order.commandUuid });
    for (const mac of this.macs) {
      if (mac.queues.stage !== "enrolled") continue;
      const row = (await this.shown(mac)).find(({ commandUuid }) => commandUuid === order.commandUuid);
      assert.ok(row, "a batch's command is missing");
      this.add(mac, this.newCommand(row, { ...order, channel: null, batch: order.batchId }));
    }
  }

  add(mac: ModelledMac, command: ModelCommand): void {
    mac.queues = { ...mac.queues, commands: [...mac.queues.commands, command] };
  }

  /** Waits for what a handler of a fact queues, and takes it up in its order. */
  async takeUp(mac: ModelledMac, count: number, actor: string, ttlMs?: number): Promise<readonly ModelCommand[]> {
    const known = new Set(mac.queues.commands.map(({ id }) => id));
    for (let tries = 0; ; tries++) {
      const found = (await this.shown(mac)).filter((row) => row.actor === actor && !known.has(row.id));
      if (found.length === count) {
        const inOrder = found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
        const commands = inOrder.map((row) =>
          this.newCommand(row, { ...row, ...(ttlMs === undefined ? {} : { ttlMs }), notBefore: null, hold: null }),
        );
        for (const command of commands) this.add(mac, command);
        return commands;
      }
      assert.ok(found.length < count && tries < 1000, `${found.length} commands by ${actor}, not ${count}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  release(command: ModelCommand): Promise<boolean> {
    return this.write((tx) =>
      this.rig.commands.queue.release(tx, asId<"command">(command.id) as CommandId, "approval"),
    );
  }
}

/** The queue as the API shows it has to be the model's, in all that either knows. */
export function difference(queues: MacQueues, shown: readonly Command[]): string | undefined {
  const expected = new Map(queues.commands.map((command) => [command.id, lineOf(command)]));
  const lines: string[] = [];
  for (const row of shown) {
    const line = lineOf({
      ...row,
      uuid: row.commandUuid,
      notBefore: row.notBefore === null ? null : Date.parse(row.notBefore),
      sentAt: row.sentAt === null ? null : Date.parse(row.sentAt),
      isRetried: row.retriedBy !== null,
    });
    const wanted = expected.get(row.id);
    expected.delete(row.id);
    if (line !== wanted) lines.push(`shown    ${line}\nexpected ${wanted ?? "no such command"}`);
  }
  for (const line of expected.values()) lines.push(`lost     ${line}`);
  return lines.length === 0 ? undefined : lines.join("\n");
}

const lineOf = (
  command: Pick<
    ModelCommand,
    "uuid" | "requestType" | "channel" | "lane" | "state" | "sendCount" | "notNowCount" | "notBefore" | "sentAt"
  > & { readonly hold: string | null; readonly deadLetter: string | null; readonly isRetried: boolean },
): string =>
  [
    command.uuid,
    command.requestType,
    command.channel ?? "device",
    command.lane,
    command.state,
    `sent ${command.sendCount}x at ${command.sentAt}`,
    `not now ${command.notNowCount}x`,
    `hold ${command.hold}`,
    `not before ${command.notBefore}`,
    `dead ${command.deadLetter}`,
    command.isRetried ? "retried" : "",
  ].join(" | ");
