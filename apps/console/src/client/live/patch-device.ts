import type { Device } from "@pomona/contract";
import type { LiveEvent } from "./live-event.ts";

const isChannel = (value: unknown): value is "wire" | "wake" | "net" =>
  value === "wire" || value === "wake" || value === "net";
const isHealth = (value: unknown): value is "up" | "down" | "unknown" =>
  value === "up" || value === "down" || value === "unknown";

/** The device after what the event says of its presence, at once and without asking; the same object when it says nothing. */
export const patchDevice = (device: Device, event: LiveEvent): Device => {
  if (event.deviceId !== device.id) return device;
  const { agent } = device;
  switch (event.type) {
    case "agent.online": {
      const version = typeof event.data["version"] === "string" ? event.data["version"] : agent.version;
      return { ...device, agent: { ...agent, installed: true, online: true, version, lastSeenAt: event.at } };
    }
    case "agent.offline":
      return { ...device, agent: { ...agent, online: false, lastSeenAt: event.at } };
    case "agent.channel-changed": {
      const { channel, health } = event.data;
      if (!isChannel(channel) || !isHealth(health)) return device;
      const changed = {
        ...agent.channels[channel],
        health,
        lastUsedAt: health === "up" ? event.at : agent.channels[channel].lastUsedAt,
      };
      return { ...device, agent: { ...agent, channels: { ...agent.channels, [channel]: changed } } };
    }
    case "device.seen":
      return event.data["channel"] === "mdm" || event.data["by"] === "mdm"
        ? { ...device, mdm: { ...device.mdm, lastSeenAt: event.at } }
        : { ...device, agent: { ...agent, lastSeenAt: event.at } };
    case "device.unenrolled":
      return { ...device, mdm: { ...device.mdm, enrolled: false } };
    default:
      return device;
  }
};
