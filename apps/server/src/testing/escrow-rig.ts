import { randomUUID } from "node:crypto";
import type { AnyFact, CommandId, CommandState, DeviceId, TenantId } from "@pomona/facts";
import { asId } from "@pomona/facts";
import { type Certificate, createEnvelopedData } from "@pomona/pki";
import { nodeCrypto } from "@pomona/pki/node";
import type { PlistDictionary } from "@pomona/plist";
import { createAccess } from "../features/access/feature.ts";
import { budgetOf, DEFAULT_LIMITS, idempotency } from "../features/access/index.ts";
import { createAgents } from "../features/agents/feature.ts";
import { createAudit } from "../features/audit/feature.ts";
import { auditTrail } from "../features/audit/index.ts";
import { type AnswerHook, type CommandRow, findDefinition, type QueueHook } from "../features/commands/index.ts";
import { createDevices } from "../features/devices/feature.ts";
import { setAgentState, setMdmState, upsertDeviceAtEnrollment } from "../features/devices/index.ts";
import type { ResetHook } from "../features/enrollment/index.ts";
import { createEscrow } from "../features/escrow/feature.ts";
import { escrowKeySealed, secretSealed } from "../features/escrow/index.ts";
import { createRecovery } from "../features/recovery/feature.ts";
import type { RecoveryEntry, RecoveryLog } from "../features/recovery/index.ts";
import { createTenants } from "../features/tenants/feature.ts";
import { Authority, addTenant } from "../features/tenants/index.ts";
import { newId } from "../kernel/clock.ts";
import type { Feature } from "../kernel/feature.ts";
import { Performer, type PerformOptions } from "../kernel/perform.ts";
import { PLATFORM, type Scope, systemScope } from "../kernel/scope.ts";
import type { KeyOps } from "../kernel/secret.ts";
import type { WriteTransaction } from "../kernel/store.ts";
import { MovableClock, testKernel } from "./test-kernel.ts";

/** A command as escrow sent it. */
export interface SentCommand {
  readonly id: CommandId;
  readonly deviceId: DeviceId;
  readonly requestType: string;
  readonly input: Readonly<Record<string, unknown>>;
}
/** An order as escrow gave it. */
export interface GivenOrder {
  readonly id: string;
  readonly type: string;
  readonly input: Readonly<Record<string, unknown>>;
}
type Answer = Extract<CommandState, "acknowledged" | "error" | "expired" | "cancelled">;

const crypto = nodeCrypto();
/** A recovery key as a Mac hands it out. */
export const envelopeOf = (key: string, certificate: Certificate): Uint8Array =>
  createEnvelopedData(crypto, Buffer.from(key, "utf8"), certificate, "aes-256-cbc");

/** Escrow on a real store and with a real agents feature; the test is the Mac that answers commands and orders. */
export async function escrowRig({ kms }: { readonly kms?: KeyOps } = {}) {
  const clock = new MovableClock(Date.UTC(2026, 0, 1));
  const kernel = testKernel(clock, undefined, kms);
  const authority = new Authority(kernel);
  const devices = createDevices(kernel);
  const agents = createAgents(kernel, {
    authority,
    seen: devices.seen,
    commands: { enqueue: async () => ({ commandId: "none" }) },
    setup: { expect: () => {}, follow: async () => {}, finish: async () => {} },
    addresses: () => ({ deviceUrl: "", brokerUrl: "", roots: "" }),
    agentPackage: () => undefined,
  });
  const sent: SentCommand[] = [];
  const given: GivenOrder[] = [];
  const answerHooks = new Map<string, AnswerHook>();
  const queueHooks = new Map<string, QueueHook>();
  let objection: Error | undefined;
  const resetHooks: ResetHook[] = [];
  const enqueue = async (
    tx: WriteTransaction,
    order: { deviceId: DeviceId; requestType: string; input?: unknown; isRaw?: boolean },
  ) => {
    if (objection !== undefined) throw objection;
    const id = newId<"command">(tx.now);
    const input = (order.input ?? {}) as Record<string, unknown>;
    const command = { id, deviceId: order.deviceId, requestType: order.requestType, input };
    const payload = findDefinition(order)!.payload(input);
    await queueHooks.get(order.requestType)?.(tx, { ...command, payload });
    // As a queue on disk: what did not commit was never sent.
    tx.afterCommit(() => void sent.push(command));
    return { id, commandUuid: randomUUID(), state: "queued" as const, notBefore: null, hold: null };
  };
  const escrow = createEscrow(kernel, {
    ...(kms === undefined ? {} : { kms }),
    enrollment: { onReset: (hook) => void resetHooks.push(hook) },
    authority,
    commands: {
      queue: { enqueue },
      onAnswer: (types, hook) => {
        for (const type of types) answerHooks.set(type, hook);
      },
      onQueue: (types, hook) => {
        for (const type of types) queueHooks.set(type, hook);
      },
    },
    storeOrder: async (tx, request) => {
      const id = await agents.storeOrder(tx, request);
      tx.afterCommit(() => void given.push({ id, type: request.type, input: request.input ?? {} }));
      return id;
    },
  });
  const recoveryEntries: RecoveryEntry[] = [];
  const recoveryLog: RecoveryLog = { readFrom: async (index) => recoveryEntries.slice(index) };
  const recovery = createRecovery(kernel, { log: recoveryLog, sealed: [escrowKeySealed, secretSealed] });
  const audit = createAudit();
  const features: readonly Feature[] = [
    createTenants(),
    audit,
    createAccess(kernel, () => "").feature,
    devices.feature,
    agents.feature,
    recovery,
    escrow.feature,
  ];
  kernel.migrate(features);
  await authority.start();
  const performer = new Performer(kernel, { audit: auditTrail, budget: budgetOf(DEFAULT_LIMITS), idempotency });
  const actions = new Map(features.flatMap((feature) => feature.actions).map((each) => [each.contract.name, each]));
  const handlers = [recovery, escrow.feature].flatMap((feature) => feature.factHandlers ?? []);
  const facts: AnyFact[] = [];
  let position = 0;

  const write = <T>(tenantId: TenantId, body: (tx: WriteTransaction) => Promise<T>) =>
    kernel.store.write(systemScope(tenantId, "test"), body);
  /** Brings facts to the handlers of recovery and escrow, until nothing new comes of them. */
  const settle = async (): Promise<void> => {
    for (;;) {
      const batch = await kernel.facts.readAfter(position, { limit: 100 });
      if (batch.length === 0) return;
      for (const fact of batch) {
        position = fact.position;
        facts.push(fact);
        for (const handler of handlers)
          if (handler.types.includes(fact.type)) await write(fact.tenantId, (tx) => handler.handle(tx, fact as never));
      }
    }
  };
  const person = (tenantId: TenantId, name = "ana"): Scope => ({
    tenantId,
    actor: { kind: "person", id: name, name },
    permissions: new Set(["*"]),
  });
  return {
    kernel,
    clock,
    authority,
    escrow,
    /** Commands that were sent and not yet answered here, and orders likewise; a test takes what it answers. */
    sent,
    given,
    facts,
    /** What the command line would have written down. */
    recoveryEntries,
    write,
    settle,
    refuseCommands: (error: Error | undefined) => {
      objection = error;
    },
    newTenant: (name: string) =>
      kernel.store.write(systemScope(PLATFORM, "test"), async (tx) => (await addTenant(tx, name)).id),
    /** An enrolled Mac, with an agent unless told otherwise. */
    newMac: async (tenantId: TenantId, options: { readonly hasAgent?: boolean; readonly name?: string } = {}) => {
      const { hasAgent = true, name = "Test Mac" } = options;
      const deviceId = await write(tenantId, async (tx) => {
        const mac = { serialNumber: randomUUID(), udid: randomUUID(), name, model: "Mac16,1", osVersion: "26.0" };
        const made = await upsertDeviceAtEnrollment(tx, mac);
        await setMdmState(tx, made.deviceId, { isEnrolled: true, enrolledAt: tx.now });
        await setAgentState(tx, made.deviceId, { isInstalled: hasAgent });
        const data = { serialNumber: mac.serialNumber, name, again: false };
        await tx.publish({ type: "device.enrolled", deviceId: made.deviceId, data });
        return made.deviceId;
      });
      await settle();
      return deviceId;
    },
    perform: (name: string, scope: Scope, input: unknown, options: PerformOptions = {}) =>
      performer.perform(actions.get(name as never)!, scope, input, options),
    person,
    job: async (name: string): Promise<void> => {
      const job = features.flatMap((feature) => feature.jobs ?? []).find((each) => each.name === name);
      if (job === undefined) throw new Error(`no job ${name}`);
      await job.run();
      await settle();
    },
    /** A person sends a command; with `fails` its transaction does not commit. */
    queueByHand: (
      tenantId: TenantId,
      deviceId: DeviceId,
      requestType: string,
      input: Readonly<Record<string, unknown>>,
      { fails = false, isRaw = false } = {},
    ) =>
      write(tenantId, async (tx) => {
        await enqueue(tx, { deviceId, requestType, input, isRaw });
        if (fails) throw new Error("the disk is full");
      }),
    /** The Mac enrolls anew, or leaves; what was under way to it has to be ended by the test before. */
    reset: (tenantId: TenantId, deviceId: DeviceId) =>
      write(tenantId, async (tx) => {
        for (const hook of resetHooks) await hook(tx, deviceId);
      }),
    /** The Mac answers the oldest command of a type. */
    answer: async (
      tenantId: TenantId,
      requestType: string,
      state: Answer,
      report: PlistDictionary | null = {},
      row: Partial<CommandRow> = {},
    ): Promise<SentCommand> => {
      const command = sent.find((each) => each.requestType === requestType);
      if (command === undefined) throw new Error(`no ${requestType} was sent`);
      const whole = { sentAt: clock.now(), error: null, ...command, ...row } as unknown as CommandRow;
      await write(tenantId, async (tx) => {
        const { deviceId } = command;
        await answerHooks.get(requestType)?.(tx, { deviceId, enrollment: null, command: whole, state, report });
      });
      sent.splice(sent.indexOf(command), 1);
      await settle();
      return command;
    },
    /** The agent reports on the oldest order of a type. */
    finish: async (
      from: { readonly tenantId: TenantId; readonly deviceId: DeviceId },
      type: string,
      data: unknown,
      state: "succeeded" | "failed" | "unknown" = "succeeded",
    ): Promise<GivenOrder> => {
      const order = given.find((each) => each.type === type);
      if (order === undefined) throw new Error(`no order ${type}`);
      const status = {
        orderId: order.id,
        state,
        at: clock.now(),
        data,
        ...(state === "succeeded" ? {} : { error: "no" }),
      };
      await agents.door.receive(from, "control", "order-status", Buffer.from(JSON.stringify(status)));
      given.splice(given.indexOf(order), 1);
      await settle();
      return order;
    },
    id: <Kind extends string>(text: string) => asId<Kind>(text),
    [Symbol.asyncDispose]: async () => {
      await agents.feature.stop?.();
      await kernel[Symbol.asyncDispose]();
    },
  };
}
export type EscrowRig = Awaited<ReturnType<typeof escrowRig>>;
