import { clientIdOf, type Lane, topicOf } from "@pomona/agent-protocol";
import type { AgentIdentity, DeviceBus } from "../../features/agents/index.ts";
import { type AgentClient, subscriptionsOf } from "./agent-client.ts";

/** Bytes that wait for a Mac that does not read; beyond them it gets nothing more. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024;
/** The message by which a lane shows that it listens: the agent subscribes to all of a lane's messages at once. */
const FIRST_MESSAGE: Readonly<Record<Lane, string | undefined>> = {
  control: "order",
  telemetry: undefined,
  live: "data",
};

/** The clients of this process by client id; the one that came last holds the id. */
export class WireBus implements DeviceBus {
  readonly #clients = new Map<string, AgentClient>();

  /** From now on this client is its Mac's lane. */
  claim(client: AgentClient): void {
    this.#clients.set(clientIdOf(client.identity.deviceId, client.lane), client);
  }

  /** @returns whether it was its Mac's lane until now, and not one whose place was taken */
  release(client: AgentClient): boolean {
    const id = clientIdOf(client.identity.deviceId, client.lane);
    return this.#clients.get(id) === client && this.#clients.delete(id);
  }

  holds(client: AgentClient): boolean {
    return this.#clients.get(clientIdOf(client.identity.deviceId, client.lane)) === client;
  }

  get size(): number {
    return this.#clients.size;
  }

  all(): Iterable<AgentClient> {
    return this.#clients.values();
  }

  send(to: AgentIdentity, lane: Lane, message: string, body: string): boolean {
    const found = this.#listening(to, lane, message);
    if (found === undefined || found.socket.writableLength > MOST_WAITING_BYTES) return false;
    const topic = topicOf({ ...to, lane, direction: "down", message });
    const packet = { cmd: "publish", topic, payload: body, qos: 1, dup: false, retain: false } as const;
    found.client.publish(packet, () => {});
    return true;
  }

  isListening(to: AgentIdentity, lane: Lane): boolean {
    const message = FIRST_MESSAGE[lane];
    return message !== undefined && this.#listening(to, lane, message) !== undefined;
  }

  disconnect(deviceId: AgentIdentity["deviceId"]): void {
    for (const client of this.#clients.values()) {
      if (client.identity.deviceId === deviceId) client.socket.destroy();
    }
  }

  #listening(to: AgentIdentity, lane: Lane, message: string): AgentClient | undefined {
    const found = this.#clients.get(clientIdOf(to.deviceId, lane));
    if (found === undefined || found.identity.tenantId !== to.tenantId || !found.client.connected) return undefined;
    const topic = topicOf({ ...to, lane, direction: "down", message });
    return Object.hasOwn(subscriptionsOf(found.client), topic) ? found : undefined;
  }
}
