import { clientIdOf, type Lane, parseTopic, topicOf } from "@pomona/agent-protocol";
import { MqttClient } from "mqtt";
import type { ServerTrust } from "../net/server-trust.ts";
import { connectTls, type SessionMemory } from "./connect-tls.ts";

/** Seconds; the server takes a silent Mac for gone after one and a half of them. */
const KEEPALIVE_SECONDS = 30;

export interface LaneDoor {
  readonly brokerUrl: string;
  readonly trust: ServerTrust;
  readonly tenantId: string;
  readonly deviceId: string;
  readonly connectTimeout: number;
}

export interface LaneListener {
  /** Connected, and subscribed to every down topic of the lane. */
  onUp(): void;
  /** A message of the closed list, its body unchecked. Acknowledged to the broker when this returns. */
  onMessage(message: string, body: Buffer): void;
  /** Called once, also when it never came up. */
  onDown(reason: string): void;
}

/** One MQTT connection of one lane, from connect to close; it does not come back by itself. */
export interface LaneConnection {
  /** Resolves with the broker's PUBACK, which means: committed. Rejects when the connection ends first. */
  publish(message: string, body: string): Promise<void>;
  /** Ends it at once; `onDown` follows. */
  drop(reason: string): void;
  /** Says goodbye, so that the server sees a closed socket and not a vanished Mac. */
  close(): Promise<void>;
}

/** @param downMessages the lane's messages from the server; exactly their topics are subscribed */
export function connectLane(
  door: LaneDoor,
  lane: Lane,
  downMessages: readonly string[],
  memory: SessionMemory,
  listener: LaneListener,
): LaneConnection {
  const { tenantId, deviceId } = door;
  const waiting = new Set<(error: Error) => void>();
  let ended = false;
  let reason = "closed by the server";
  const client = new MqttClient(() => connectTls(door.brokerUrl, door.trust, memory), {
    clientId: clientIdOf(deviceId, lane),
    protocolVersion: 4,
    clean: true,
    keepalive: KEEPALIVE_SECONDS,
    connectTimeout: door.connectTimeout,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
  });
  const finish = () => {
    if (ended) return;
    ended = true;
    client.end(true);
    for (const reject of waiting) reject(new Error(reason));
    waiting.clear();
    listener.onDown(reason);
  };
  const drop = (why: string) => {
    if (ended) return;
    reason = why;
    finish();
  };
  client.on("error", (error) => {
    reason = error.message;
  });
  client.on("close", finish);
  client.on("message", (text, payload) => {
    const topic = parseTopic(text);
    if (topic?.direction !== "down" || topic.lane !== lane) return;
    if (topic.tenantId === tenantId && topic.deviceId === deviceId) listener.onMessage(topic.message, payload);
  });
  client.on("connect", () => {
    const topics = downMessages.map((message) => topicOf({ tenantId, deviceId, lane, direction: "down", message }));
    if (topics.length === 0) return listener.onUp();
    client.subscribe(topics, { qos: 1 }, (error, granted) => {
      if (ended) return;
      if (error !== null || granted?.some(({ qos }) => qos === 128)) drop("the server refused a subscription");
      else listener.onUp();
    });
  });
  return {
    publish: (message, body) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(new Error(reason));
        waiting.add(reject);
        client.publish(topicOf({ tenantId, deviceId, lane, direction: "up", message }), body, { qos: 1 }, (error) => {
          waiting.delete(reject);
          if (error) reject(error);
          else resolve();
        });
      }),
    drop,
    close: () =>
      new Promise((resolve) => {
        if (ended) return resolve();
        const force = setTimeout(() => done(), 1_000);
        const done = () => {
          clearTimeout(force);
          drop("closed by the agent");
          resolve();
        };
        client.end(false, {}, done);
      }),
  };
}
