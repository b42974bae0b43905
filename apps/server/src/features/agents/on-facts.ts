import type { FactsMessage, SensorMessage } from "@pomona/agent-protocol";
import { onFact } from "../../kernel/fact.ts";
import { mergeDeviceFacts, readDevice, setAgentState, storeReport } from "../devices/index.ts";
import type { ChannelHealth } from "./channel-health.ts";
import type { MessageHandler } from "./ports.ts";

/** What the Mac says of itself. A name that a person gave stays. */
export const onFacts: MessageHandler<FactsMessage> = async (tx, { deviceId }, { facts, applications }) => {
  const device = await readDevice(tx, deviceId);
  if (device === undefined) return;
  const { name, model, osVersion, serialNumber: _own, bootedAt, ...rest } = facts;
  await mergeDeviceFacts(tx, deviceId, {
    ...(device.isNamed ? {} : { name }),
    model,
    osVersion,
    facts: { ...rest, ...(bootedAt === undefined ? {} : { bootedAt: new Date(bootedAt).toISOString() }) },
  });
  if (applications === undefined) return;
  const items = applications.map((application) => ({ ...application, sizeBytes: null, source: "agent" }));
  await storeReport(tx, deviceId, { kind: "applications", source: "agent", at: tx.now, items });
};

export const onSensor: MessageHandler<SensorMessage> = async (tx, { deviceId }, { state, detail }) => {
  const device = await readDevice(tx, deviceId);
  if (device === undefined || (device.sensor.state === state && device.sensor.detail === detail)) return;
  await setAgentState(tx, deviceId, { sensor: { state, detail } });
  if (device.sensor.state !== state)
    await tx.publish({ type: "agent.sensor-changed", deviceId, data: { state, detail } });
};

/** A push that Apple did not take is a wake-up that does not work. */
export const onPushFailed = (health: ChannelHealth) =>
  onFact<"push.failed">({
    name: "agents/on-push-failed",
    types: ["push.failed"],
    handle: async (tx, { deviceId, data }) => {
      if (deviceId === null || (await readDevice(tx, deviceId)) === undefined) return;
      await health.note(tx, deviceId, "wake", "down", data.reason);
    },
  });
