import type { Device } from "@pomona/contract";
import type { Tone } from "../../kit/state-badge.tsx";

/** A state of a device in a word, with its tone and its reason. */
export interface DeviceWord {
  readonly word: string;
  readonly tone: Tone;
  readonly why: string;
}

/** The presence of the agent. */
export const agentWord = (device: Pick<Device, "agent">): DeviceWord => {
  const { agent } = device;
  if (!agent.installed)
    return { word: "No agent", tone: "unknown", why: "The agent has not reported from this Mac yet" };
  if (agent.online) return { word: "Online", tone: "good", why: "The agent is connected" };
  return { word: "Offline", tone: "unknown", why: "The Mac sleeps, is shut down, or has no network" };
};

/** The presence of Apple's management. */
export const mdmWord = (device: Pick<Device, "mdm">): DeviceWord => {
  if (!device.mdm.enrolled) return { word: "Not enrolled", tone: "attention", why: "The Mac takes no MDM commands" };
  if (!device.mdm.pushable)
    return {
      word: "Enrolled",
      tone: "attention",
      why: "It cannot be woken: there is no push token, or Apple refused it",
    };
  return { word: "Enrolled", tone: "good", why: "The Mac takes MDM commands and can be woken" };
};

/** The health of one of the three ways to the agent. */
export const healthWord = (health: "up" | "down" | "unknown"): { word: string; tone: Tone } =>
  health === "up"
    ? { word: "Up", tone: "good" }
    : health === "down"
      ? { word: "Down", tone: "attention" }
      : { word: "Not tried", tone: "unknown" };
