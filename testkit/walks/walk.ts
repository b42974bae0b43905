import { listDevices, listIncidents, type Order, type OutputOf, placeOrder, showOrder } from "@pomona/contract";
import type { VirtualMac, VirtualMacOptions } from "@pomona/testkit";
import { eventually, type Stage } from "./stage.ts";

/** What a walk measured, by names that carry their unit. */
export type Figures = Readonly<Record<string, number>>;

/** A story from one end of the system to the other. Throws where it goes another way. */
export interface Walk {
  readonly name: string;
  readonly walk: (stage: Stage) => Promise<Figures>;
}

export interface MacOnline {
  readonly mac: VirtualMac;
  readonly deviceId: string;
}

/** A new Mac whose agent has come. */
export async function macOnline(stage: Stage, options: Partial<VirtualMacOptions> = {}): Promise<MacOnline> {
  const mac = await stage.enrolledMac({ agentMode: "process", ...options });
  const device = await eventually(
    "the agent comes online",
    () => deviceOf(stage, mac, (item) => item.agent.online),
    60_000,
  );
  return { mac, deviceId: device.id };
}

type Device = OutputOf<typeof listDevices>["items"][number];

/** The device of a Mac, once it is as wanted. */
export async function deviceOf(
  stage: Stage,
  mac: VirtualMac,
  isWanted: (device: Device) => boolean = () => true,
): Promise<Device | undefined> {
  const { items } = await stage.api.call(listDevices, { q: mac.model.serialNumber });
  return items.find((item) => item.serialNumber === mac.model.serialNumber && isWanted(item));
}

type OrderInput = Parameters<Stage["api"]["call"]>[1] & { readonly type: Order["type"] };

/** Places an order and waits until it is final. */
export async function runOrder(
  stage: Stage,
  deviceId: string,
  order: Omit<OrderInput, "deviceId">,
  withinMs = 30_000,
): Promise<{ readonly order: Order; readonly ms: number }> {
  const begun = performance.now();
  const { id } = await stage.api.call(placeOrder, { deviceId, ...order } as never);
  const done = await finished(stage, id, withinMs);
  return { order: done, ms: performance.now() - begun };
}

const FINAL = new Set(["succeeded", "failed", "expired", "unknown"]);

export const finished = (stage: Stage, orderId: string, withinMs = 30_000): Promise<Order> =>
  eventually(
    `order ${orderId} is final`,
    async () => {
      const order = await stage.api.call(showOrder, { orderId });
      return FINAL.has(order.state) ? order : undefined;
    },
    withinMs,
  );

export const incidentsOf = async (stage: Stage, deviceId: string) =>
  (await stage.api.call(listIncidents, { deviceId })).items;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** A condition of the story; its text says what was expected. */
export function expect(isTrue: boolean, what: string): asserts isTrue {
  if (!isTrue) throw new Error(`expected: ${what}`);
}
