import { down, parseTopic, type Topic } from "@pomona/agent-protocol";
import type { AgentClient } from "./agent-client.ts";

interface Publication {
  readonly topic: string;
  readonly qos: number;
  readonly retain?: boolean | undefined;
}

/**
 * What an agent may publish: messages of its own lane, going up, at QoS 0 or 1, not retained. Names of messages that are
 * not in the list pass as far as the intake, which keeps them in quarantine.
 */
export function mayPublish(from: AgentClient, packet: Publication): Topic | undefined {
  if (packet.qos > 1 || packet.retain === true) return undefined;
  const topic = ownTopic(from, packet.topic);
  return topic?.direction === "up" ? topic : undefined;
}

/** What it may listen to: exactly the messages of its own lane that go down. */
export function maySubscribe(
  from: AgentClient,
  subscription: { readonly topic: string; readonly qos: number },
): boolean {
  const topic = ownTopic(from, subscription.topic);
  return subscription.qos <= 1 && topic?.direction === "down" && Object.hasOwn(down[from.lane], topic.message);
}

function ownTopic({ identity, lane }: AgentClient, text: string): Topic | undefined {
  const topic = parseTopic(text);
  const isOwn = topic?.tenantId === identity.tenantId && topic.deviceId === identity.deviceId && topic.lane === lane;
  return isOwn ? topic : undefined;
}
