import type { HelloMessage } from "@pomona/agent-protocol";
import type { Kernel } from "../../kernel/feature.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { type DeviceRow, quarantineDevice, readDevice, setAgentState } from "../devices/index.ts";
import type { AgentWaker } from "./agent-waker.ts";
import type { ChannelHealth } from "./channel-health.ts";
import type { DesiredCourier } from "./desired-courier.ts";
import { verifyReinstall } from "./note-reinstall.ts";
import type { OrderCourier } from "./order-courier.ts";
import type { MessageContext, MessageHandler } from "./ports.ts";
import type { PresenceBook } from "./presence.ts";
import type { TwoBodies } from "./two-bodies.ts";

export interface HelloParts {
  readonly kernel: Kernel;
  readonly bodies: TwoBodies;
  readonly health: ChannelHealth;
  readonly presence: PresenceBook;
  readonly orders: OrderCourier;
  readonly desired: DesiredCourier;
  readonly waker: AgentWaker;
}

/** The agent's first word: who it is, what it holds. After the commit it gets what it lacks. */
export const onHello =
  (parts: HelloParts): MessageHandler<HelloMessage> =>
  async (tx, context, hello) => {
    const { deviceId, channel } = context;
    const device = await readDevice(tx, deviceId);
    if (device === undefined) return;
    const suspicion = suspect(parts.bodies, device, hello, tx.now);
    if (suspicion !== undefined) await quarantineDevice(tx, deviceId, suspicion);
    await noteState(tx, device, hello);
    await verifyReinstall(tx, deviceId);
    await noteChannels(tx, parts.health, context, hello);
    const wasWoken = hello.startedBy === "wake" && parts.waker.wasWoken(deviceId);
    if (wasWoken) await parts.health.note(tx, deviceId, "wake", "up");
    await parts.presence.came(tx, deviceId, channel, hello.version);
    if (suspicion !== undefined || device.quarantine !== null || channel === "net") return;
    const to = { tenantId: context.tenantId, deviceId };
    tx.afterCommit(() => {
      const work = [
        parts.orders.deliverAll(to, wasWoken ? "wake" : "wire"),
        parts.desired.deliver(to, hello.desiredToken),
      ];
      Promise.all(work).catch((error: unknown) =>
        parts.kernel.log.error("agents.hello-unanswered", { deviceId, error: String(error) }),
      );
    });
  };

/** @returns why the device has to be held, when it has to */
function suspect(bodies: TwoBodies, device: DeviceRow, hello: HelloMessage, now: number): string | undefined {
  if (device.quarantine !== null) {
    bodies.forget(device.id);
    return undefined;
  }
  if (device.serialNumber !== null && hello.serialNumber !== "" && hello.serialNumber !== device.serialNumber)
    return `The agent of ${device.serialNumber} speaks from a Mac that says it is ${hello.serialNumber}.`;
  if (bodies.note(device.id, hello.instance, now))
    return "Two running agents use this Mac's identity: it was copied, or restored twice.";
  return undefined;
}

async function noteState(tx: WriteTransaction, device: DeviceRow, hello: HelloMessage): Promise<void> {
  const { state, detail } = hello.sensor;
  const hasOtherSensor = device.sensor.state !== state || device.sensor.detail !== detail;
  if (!device.agentInstalled || device.agentVersion !== hello.version || hasOtherSensor)
    await setAgentState(tx, device.id, { isInstalled: true, version: hello.version, sensor: hello.sensor });
  if (device.sensor.state !== state)
    await tx.publish({ type: "agent.sensor-changed", deviceId: device.id, data: { state, detail } });
}

async function noteChannels(
  tx: WriteTransaction,
  health: ChannelHealth,
  { deviceId, channel }: MessageContext,
  { channels = {} }: HelloMessage,
): Promise<void> {
  await health.note(tx, deviceId, channel, "up");
  if (channel === "net" && channels.wire === false)
    await health.note(tx, deviceId, "wire", "down", "The Mac cannot open it.");
  if (channel === "wire" && channels.net !== undefined)
    await health.note(
      tx,
      deviceId,
      "net",
      channels.net ? "up" : "down",
      channels.net ? null : "The Mac got no answer.",
    );
  if (channels.wake === true) await health.note(tx, deviceId, "wake", "up");
}
