import { asId, type DeviceId, type TenantId } from "@pomona/facts";
import { createAccess } from "../features/access/feature.ts";
import { budgetOf, DEFAULT_LIMITS, undoPolicy } from "../features/access/index.ts";
import { createBatches } from "../features/batches/feature.ts";
import { createCommands } from "../features/commands/feature.ts";
import type { AskedCommand } from "../features/commands/index.ts";
import { createDevices } from "../features/devices/feature.ts";
import { upsertDeviceAtEnrollment } from "../features/devices/index.ts";
import { insertEnrollment, updateEnrollment } from "../features/enrollment/enrollments.sql.ts";
import { createEnrollment } from "../features/enrollment/feature.ts";
import { createTenants } from "../features/tenants/feature.ts";
import { Authority } from "../features/tenants/index.ts";
import type { BoundAction } from "../kernel/action.ts";
import { newId } from "../kernel/clock.ts";
import type { Kernel } from "../kernel/feature.ts";
import { Performer } from "../kernel/perform.ts";
import { type Scope, systemScope } from "../kernel/scope.ts";
import type { Migration } from "../kernel/store.ts";
import { MovableClock, type TestKernel, testKernel } from "./test-kernel.ts";

export const TENANT: TenantId = asId<"tenant">("t1");
export const SCOPE = systemScope(TENANT, "test");
const TERMS = { serverUrl: "", checkInUrl: "", topic: "topic", accessRights: 8191, capabilities: [] };

const enrollmentOf = (kernel: Kernel) =>
  createEnrollment(kernel, {
    authority: new Authority(kernel),
    pushTopic: async () => "topic",
    urls: () => ({ api: "", device: "", root: "" }),
    canAttest: false,
  }).feature;

/** Commands and batches on a real store; pushes are counted and go nowhere. */
export function composeBatches(kernel: Kernel, approval?: (asked: AskedCommand) => boolean) {
  const pushes: DeviceId[] = [];
  const undo = undoPolicy(DEFAULT_LIMITS);
  const ports = {
    undo,
    approval: {
      needed: async (_tx: unknown, asked: AskedCommand) =>
        approval?.(asked) === true ? ("approval" as const) : undefined,
    },
  };
  const commands = createCommands(kernel, {
    enrollment: { onReset: () => {}, onAwaiting: () => {}, noteConfigured: async () => {} },
    push: { wake: (_tenantId, deviceId) => void pushes.push(deviceId) },
    ...ports,
  });
  const batches = createBatches(kernel, { commands, ...ports });
  const features = [
    createAccess(kernel, () => "").feature,
    createDevices(kernel).feature,
    commands.feature,
    batches.feature,
  ];
  const performer = new Performer(kernel, {
    audit: { record: async () => {} },
    budget: budgetOf(DEFAULT_LIMITS),
    idempotency: { find: async () => undefined, keep: async () => {} },
  });
  const actions = new Map(features.flatMap(({ actions: all }) => all).map((a) => [a.contract.name as string, a]));
  const person: Scope = { ...SCOPE, actor: { kind: "person", id: "p", name: "Pat" } };
  const job = (name: string) => features.flatMap(({ jobs = [] }) => jobs).find((each) => each.name === name)!;
  return {
    features,
    commands,
    batches,
    pushes,
    act: <T>(name: string, input: unknown) =>
      performer.perform(actions.get(name) as BoundAction, person, input) as Promise<T>,
    /** Until the runner has nothing to do. */
    carryOut: async () => {
      await job("batches/run").run();
      for (let quiet = 0, before = -1; quiet < 6; ) {
        await new Promise((resolve) => setTimeout(resolve, 40));
        quiet = pushes.length === before ? quiet + 1 : 0;
        before = pushes.length;
      }
      await job("batches/tell-progress").run();
    },
    stop: () => batches.feature.stop!(),
  };
}
export type Composed = ReturnType<typeof composeBatches>;

/** Macs that are enrolled, their ids in order. */
export async function enrolledMacs(
  kernel: TestKernel,
  count: number,
  options: { enrolled?: boolean } = {},
): Promise<DeviceId[]> {
  return kernel.store.write(SCOPE, async (tx) => {
    const ids: DeviceId[] = [];
    for (let n = 0; n < count; n++) {
      const serialNumber = `S${newId<"x">().slice(-10)}`;
      const mac = { serialNumber, udid: serialNumber, name: serialNumber, model: "Mac16,1", osVersion: "26.0" };
      const { deviceId } = await upsertDeviceAtEnrollment(tx, mac);
      ids.push(deviceId);
      if (options.enrolled === false) continue;
      const id = newId<"enrollment">();
      await insertEnrollment(tx, {
        id,
        invitationId: null,
        boundSerialNumber: null,
        isAttested: false,
        topic: "topic",
        mdmTerms: TERMS,
      });
      await updateEnrollment(tx, id, { state: "enrolled", identifier: serialNumber, deviceId });
    }
    return ids.sort();
  });
}
/** @param later migrations of a feature above these, whose hooks a test adds */
export async function testBatches(
  clock = new MovableClock(Date.now()),
  approval?: (asked: AskedCommand) => boolean,
  later: readonly Migration[] = [],
) {
  const kernel = testKernel(clock);
  const composed = composeBatches(kernel, approval);
  kernel.store.migrate([
    ...createTenants().migrations,
    ...enrollmentOf(kernel).migrations,
    ...composed.features.flatMap(({ migrations }) => migrations),
    ...later,
  ]);
  return { kernel, clock, ...composed };
}
