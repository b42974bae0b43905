import type { TLSSocket } from "node:tls";
import type { Lane } from "@pomona/agent-protocol";
import type { Client } from "aedes";
import type { AgentIdentity, MessageRate } from "../../features/agents/index.ts";

/** One connection whose certificate was recognised. */
export interface AgentClient {
  readonly identity: AgentIdentity;
  readonly lane: Lane;
  readonly client: Client;
  readonly socket: TLSSocket;
  readonly rate: MessageRate;
  /** Set when MQTT's keep-alive ran out, which tells a Mac that vanished from one that left. */
  hasVanished: boolean;
}

/** What aedes keeps of a client beside what its types tell. */
export const subscriptionsOf = (client: Client): Readonly<Record<string, unknown>> =>
  (client as Client & { readonly subscriptions: Readonly<Record<string, unknown>> }).subscriptions;
