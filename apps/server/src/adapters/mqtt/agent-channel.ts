import type { AddressInfo } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { Aedes, type Client } from "aedes";
import { type AgentDoor, type DeviceBus, MessageRate, type Rate } from "../../features/agents/index.ts";
import type { Connections, Log } from "../../kernel/feature.ts";
import { admit, type Refusal } from "./admit.ts";
import { type AgentClient } from "./agent-client.ts";
import { mayPublish, maySubscribe } from "./may.ts";
import { PacketGate, type PacketLimits } from "./packet-gate.ts";
import { WireBus } from "./wire-bus.ts";

export interface AgentChannelOptions {
  readonly host: string;
  readonly port: number;
  /** PEM: our key and chain. */
  readonly tls: { readonly key: string; readonly certificate: string };
  /** PEM of the root below which agents' certificates are, whatever root our own chain has. */
  readonly clientRoot: string;
  readonly door: AgentDoor;
  readonly log: Log;
  readonly connections: Connections;
  readonly limits?: Partial<ChannelLimits>;
}

export interface ChannelLimits {
  readonly handshakeMs: number;
  readonly connectMs: number;
  readonly controlRate: Rate;
  readonly telemetryRate: Rate;
}

export const DEFAULT_LIMITS: ChannelLimits = {
  handshakeMs: 10_000,
  connectMs: 5_000,
  controlRate: { perSecond: 100, burst: 500 },
  telemetryRate: { perSecond: 1_000, burst: 2_000 },
};

/**
 * The end of an order carries up to 4 MiB of output, which JSON may write with six bytes for one. Only a Mac with a
 * certificate gets so far as to send it.
 */
const PACKETS: PacketLimits = {
  connect: 1_024,
  publish: 262_144,
  largePublish: 26 * 1_048_576,
  isLargeTopic: (topic) => topic.endsWith("/control/up/order-status"),
  other: 4_096,
};

/** Connections that the kernel holds until they are accepted; after a restart a whole fleet comes at once. */
const BACKLOG = 4_096;
/** Agents say something every 30 s; the broker adds half of that before it takes a silent Mac for gone. */
const LONGEST_KEEP_ALIVE_SECONDS = 120;

export interface AgentChannel {
  readonly port: number;
  readonly bus: DeviceBus;
  /** Connections whose certificate was recognised. */
  connections(): number;
  close(): Promise<void>;
}

/**
 * The agent channel: MQTT 3.1.1 over mutual TLS, in this process. The broker keeps nothing: what arrives is committed
 * before it is acknowledged, what leaves is in the store until the Mac's own word says otherwise.
 */
export async function openAgentChannel(options: AgentChannelOptions): Promise<AgentChannel> {
  const { door, log, connections: room } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const bus = new WireBus();
  const known = new WeakMap<Client, AgentClient | Refusal>();
  let isClosing = false;
  const agentOf = (client: Client | null): AgentClient | undefined => {
    const found = client === null ? undefined : known.get(client);
    return found !== undefined && "identity" in found ? found : undefined;
  };

  const broker = new Aedes({
    connectTimeout: limits.connectMs,
    keepaliveLimit: LONGEST_KEEP_ALIVE_SECONDS,
    heartbeatInterval: 3_600_000,
    queueLimit: 100,
    drainTimeout: 30_000,
    maxTopicLevels: 6,
    preConnect: (client, packet, answer) => {
      const socket = client.conn as TLSSocket;
      admit(door, packet, socket).then(
        (admitted) => {
          if ("refusal" in admitted) known.set(client, admitted);
          else {
            const rate = admitted.lane === "telemetry" ? limits.telemetryRate : limits.controlRate;
            known.set(client, {
              ...admitted,
              client,
              socket,
              rate: new MessageRate(rate, performance.now()),
              hasVanished: false,
            });
          }
          answer(null, !socket.destroyed);
        },
        (error: unknown) => {
          log.error("agent-channel.admission-failed", { error: String(error) });
          answer(new Error("not now"), false);
        },
      );
    },
    authenticate: (client, _user, _password, answer) => {
      const found = known.get(client);
      if (found === undefined || "refusal" in found || isClosing) {
        log.info("agent-channel.refused", { reason: found !== undefined && "refusal" in found ? found.refusal : "" });
        const returnCode = found !== undefined && "refusal" in found ? found.returnCode : 3;
        answer(Object.assign(new Error("refused"), { returnCode }), false);
        return;
      }
      // Before the one that had this place is closed, so that its end does not look like the Mac's.
      bus.claim(found);
      room.serve(found.socket);
      found.socket.once("close", () => {
        if (bus.release(found) && !isClosing) {
          door.closed(found.identity, found.lane, found.hasVanished ? "vanished" : "closed");
        }
      });
      answer(null, true);
    },
    authorizePublish: (client, packet, answer) => {
      const from = agentOf(client);
      const topic = from === undefined ? undefined : mayPublish(from, packet);
      if (from === undefined || topic === undefined || isClosing) {
        if (from !== undefined && !isClosing) log.warn("agent-channel.publish-refused", { ...from.identity });
        answer(new Error("not yours to publish"));
        return;
      }
      const bytes = typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
      const take = () => {
        door.receive(from.identity, from.lane, topic.message, bytes).then(
          () => answer(),
          (error: unknown) => {
            log.error("agent-channel.not-committed", { ...from.identity, error: String(error) });
            answer(new Error("not committed"));
          },
        );
      };
      const wait = from.rate.take(performance.now());
      if (wait < 1) take();
      else setTimeout(take, wait);
    },
    authorizeSubscribe: (client, subscription, answer) => {
      const from = agentOf(client);
      if (from !== undefined && maySubscribe(from, subscription)) return answer(null, subscription);
      if (from !== undefined) log.warn("agent-channel.subscribe-refused", { ...from.identity });
      // Not an answer of 128: whoever asks for what is another's is not one to go on with.
      answer(new Error("not yours to subscribe"));
    },
    // Only what the bus hands to this very client goes down.
    authorizeForward: (client, packet) => (agentOf(client) !== undefined ? packet : null),
  });
  await broker.listen();
  broker.on("clientReady", (client) => {
    const from = agentOf(client);
    if (from !== undefined && bus.holds(from)) door.opened(from.identity, from.lane);
  });
  broker.on("keepaliveTimeout", (client) => {
    const from = agentOf(client);
    if (from !== undefined) from.hasVanished = true;
  });
  const note = (client: Client, error: Error) => log.info("agent-channel.ended", { id: client.id, why: error.message });
  broker.on("clientError", note);
  broker.on("connectionError", note);

  const server = createServer(
    {
      key: options.tls.key,
      cert: options.tls.certificate,
      ca: options.clientRoot,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: "TLSv1.2",
      handshakeTimeout: limits.handshakeMs,
      noDelay: true,
    },
    (socket) => {
      socket.setNoDelay(true);
      guard(socket);
      broker.handle(socket);
    },
  );
  server.on("connection", (socket) => room.enter(socket));
  server.on("tlsClientError", (error) => room.failed(error));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: options.port, host: options.host, backlog: BACKLOG }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    bus,
    connections: () => bus.size,
    close: async () => {
      isClosing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      room.clear();
      await new Promise<void>((resolve) => broker.close(() => resolve()));
      await closed;
    },
  };
}

/** Puts the gate between the socket and the broker's parser, which reads the socket when there is something. */
function guard(socket: TLSSocket): void {
  const gate = new PacketGate(PACKETS);
  const read = socket.read.bind(socket);
  socket.read = (size?: number) => {
    const bytes = read(size) as Buffer | null;
    const refusal = bytes === null ? undefined : gate.take(bytes);
    if (refusal === undefined) return bytes;
    socket.destroy(new Error(refusal));
    return null;
  };
}
