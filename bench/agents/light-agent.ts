import { connect as connectTls, type TLSSocket } from "node:tls";
import { clientIdOf, down, type HelloMessage, type Lane, topicOf } from "@pomona/agent-protocol";
import { MqttClient } from "mqtt";
import type { AgentDoorAddress, EnrolledAgent } from "./enrolled-agent.ts";

/** The wire of an agent, without the agent: one lane over mutual TLS, with the topics that a lane has. */
export interface LightAgent {
  readonly agent: EnrolledAgent;
  /** Resolves with the PUBACK: what was said is committed. */
  say(message: string, body: unknown): Promise<void>;
  close(): Promise<void>;
}

/** Connects and subscribes; on the control lane it also says hello. @param onMessage a message that came down, by name */
export async function openLightAgent(
  agent: EnrolledAgent,
  door: AgentDoorAddress,
  lane: Lane,
  onMessage: (message: string, body: unknown) => void = () => {},
): Promise<LightAgent> {
  const { tenantId, deviceId } = agent;
  const client = new MqttClient(() => openSocket(agent, door), {
    clientId: clientIdOf(deviceId, lane),
    protocolVersion: 4,
    clean: true,
    keepalive: 60,
    connectTimeout: 120_000,
    reconnectPeriod: 0,
  });
  client.on("error", () => {});
  client.on("message", (topic, payload) => {
    onMessage(topic.slice(topic.lastIndexOf("/") + 1), JSON.parse(payload.toString("utf8")));
  });
  await new Promise<void>((resolve, reject) => {
    client.once("connect", () => resolve());
    client.once("close", () => reject(new Error("an agent was not let in")));
  });
  const topics = Object.keys(down[lane]).map((message) =>
    topicOf({ tenantId, deviceId, lane, direction: "down", message }),
  );
  if (topics.length > 0) await client.subscribeAsync(topics, { qos: 1 });
  const say = async (message: string, body: unknown): Promise<void> => {
    const topic = topicOf({ tenantId, deviceId, lane, direction: "up", message });
    await client.publishAsync(topic, JSON.stringify(body), { qos: 1 });
  };
  if (lane === "control") await say("hello", helloOf(agent));
  return { agent, say, close: () => client.endAsync(true) };
}

function openSocket(agent: EnrolledAgent, door: AgentDoorAddress): TLSSocket {
  const { hostname, port } = new URL(door.agentUrl);
  const socket = connectTls({
    host: hostname,
    servername: hostname,
    port: Number(port),
    ca: door.ca,
    key: agent.key,
    cert: agent.certificate,
  });
  socket.setNoDelay(true);
  return socket;
}

const helloOf = (agent: EnrolledAgent): HelloMessage => ({
  version: "0.1.0",
  protocol: 1,
  bootSession: `boot-${agent.serialNumber}`,
  instance: `instance-${agent.serialNumber}`,
  serialNumber: agent.serialNumber,
  osVersion: "26.1",
  desiredToken: "",
  epoch: 0,
  sensor: { state: "running", detail: "" },
});
