import { clientIdOf, down, type HelloMessage, type Lane, topicOf } from "@pomona/agent-protocol";
import type { DeviceId, TenantId } from "@pomona/facts";
import { encodePem } from "@pomona/pki";
import { generateKeyPair, nodeCrypto, privateKeyToPem } from "@pomona/pki/node";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { WaitingRoom } from "../adapters/connections/waiting-room.ts";
import { type AgentChannel, type ChannelLimits, openAgentChannel } from "../adapters/mqtt/agent-channel.ts";
import { type AgentsFeature, createAgents } from "../features/agents/feature.ts";
import type { AgentIdentity, InstallCommand, MdmCommands } from "../features/agents/index.ts";
import { createDevices } from "../features/devices/feature.ts";
import { setMdmState, upsertDeviceAtEnrollment } from "../features/devices/index.ts";
import { createTenants } from "../features/tenants/feature.ts";
import { Authority, addTenant } from "../features/tenants/index.ts";
import type { BoundAction } from "../kernel/action.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Feature } from "../kernel/feature.ts";
import { Performer } from "../kernel/perform.ts";
import { PLATFORM, type Scope, systemScope } from "../kernel/scope.ts";
import type { WriteTransaction } from "../kernel/store.ts";
import { type TestKernel, testKernel } from "./test-kernel.ts";

/** What an agent connects with. */
export interface AgentKeys {
  readonly key: string;
  readonly certificate: string;
  readonly der: Uint8Array;
}

/** The server's agent side on a real store and a real port, with commands kept in a list instead of sent. */
export interface TestAgents extends AsyncDisposable {
  readonly kernel: TestKernel;
  readonly authority: Authority;
  readonly agents: AgentsFeature;
  readonly channel: AgentChannel;
  readonly commands: { readonly deviceId: DeviceId; readonly command: InstallCommand; readonly commandId: string }[];
  tenant(name: string): Promise<TenantId>;
  /** An enrolled Mac. */
  device(tenantId: TenantId, serialNumber: string): Promise<AgentIdentity>;
  keys(to: AgentIdentity, role?: "agent" | "mdm"): Promise<AgentKeys>;
  /** An mqtt.js client on one lane; resolves when it is connected, rejects when it is refused. */
  connect(to: AgentIdentity, keys: AgentKeys, lane?: Lane, changes?: Partial<IClientOptions>): Promise<MqttClient>;
  perform(name: string, tenantId: TenantId, input: unknown): Promise<unknown>;
  write<T>(tenantId: TenantId, body: (tx: WriteTransaction) => Promise<T>): Promise<T>;
}

export interface TestAgentsOptions {
  readonly clock?: Clock;
  readonly limits?: Partial<ChannelLimits>;
  readonly more?: (kernel: TestKernel, agents: AgentsFeature) => readonly Feature[];
}

export async function testAgents(options: TestAgentsOptions = {}): Promise<TestAgents> {
  const kernel = testKernel(options.clock);
  const authority = new Authority(kernel);
  const devices = createDevices(kernel);
  const commands: TestAgents["commands"] = [];
  const queue: MdmCommands = {
    enqueue: async (_tx, deviceId, command) => {
      const commandId = `command-${commands.length + 1}`;
      commands.push({ deviceId, command, commandId });
      return { commandId };
    },
  };
  const agents = createAgents(kernel, {
    setup: { expect: () => {}, follow: async () => {}, finish: async () => {} },
    authority,
    seen: devices.seen,
    commands: queue,
    addresses: () => ({ deviceUrl: "https://localhost:8444", brokerUrl: "mqtts://localhost:8883", roots: "roots" }),
    agentPackage: () => ({ manifestFor: () => MANIFEST }),
  });
  const features = [createTenants(), devices.feature, agents.feature, ...(options.more?.(kernel, agents) ?? [])];
  kernel.migrate(features);
  await authority.start();
  for (const feature of features) await feature.start?.();
  const tls = await authority.serverTls(["localhost"]);
  const channel = await openAgentChannel({
    host: "127.0.0.1",
    port: 0,
    tls,
    clientRoot: authority.rootPem,
    door: agents.door,
    log: kernel.log,
    connections: new WaitingRoom("agent-channel", kernel.log),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  agents.attachBus(channel.bus);
  const actions = new Map(features.flatMap((feature) => feature.actions).map((a) => [a.contract.name as string, a]));
  const performer = new Performer(kernel, {
    audit: { record: async () => {} },
    budget: { charge: async () => {} },
    idempotency: { find: async () => undefined, keep: async () => {} },
  });
  const clients: MqttClient[] = [];
  return {
    kernel,
    authority,
    agents,
    channel,
    commands,
    tenant: (name) => kernel.store.write(systemScope(PLATFORM, "test"), async (tx) => (await addTenant(tx, name)).id),
    device: (tenantId, serialNumber) =>
      kernel.store.write(systemScope(tenantId, "test"), async (tx) => {
        const mac = {
          serialNumber,
          udid: serialNumber,
          name: `Mac ${serialNumber}`,
          model: "Mac16,1",
          osVersion: "26.0",
        };
        const { deviceId } = await upsertDeviceAtEnrollment(tx, mac);
        await setMdmState(tx, deviceId, { isEnrolled: true });
        return { tenantId, deviceId };
      }),
    keys: async (to, role = "agent") => {
      const key = generateKeyPair("ec-p256");
      const holder = role === "agent" ? { deviceId: to.deviceId } : { enrollmentId: to.deviceId };
      const spki = nodeCrypto().publicKeyOf(key);
      const issued = await authority.issueCertificate({
        tenantId: to.tenantId,
        role,
        holder,
        spki,
        now: kernel.clock.now(),
      });
      const certificate = [issued.der, ...issued.issuers].map((der) => encodePem("CERTIFICATE", der)).join("");
      return { key: privateKeyToPem(key), certificate, der: issued.der };
    },
    connect: async (to, keys, lane = "control", changes = {}) => {
      const client = mqtt.connect(`mqtts://localhost:${channel.port}`, {
        clientId: clientIdOf(to.deviceId, lane),
        ca: tls.ca,
        key: keys.key,
        cert: keys.certificate,
        clean: true,
        keepalive: 30,
        reconnectPeriod: 0,
        ...changes,
      });
      clients.push(client);
      await new Promise<void>((resolve, reject) => {
        client.once("connect", () => resolve());
        client.once("error", reject);
        client.once("close", () => reject(new Error("closed")));
      });
      client.on("error", () => {});
      return client;
    },
    perform: (name, tenantId, input) => {
      const scope: Scope = systemScope(tenantId, "test");
      return performer.perform(actions.get(name) as BoundAction, scope, input);
    },
    write: (tenantId, body) => kernel.store.write(systemScope(tenantId, "test"), body),
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.end(true);
      for (const feature of features.toReversed()) await feature.stop?.();
      await channel.close();
      await kernel[Symbol.asyncDispose]();
    },
  };
}

const MANIFEST = {
  url: "https://localhost:8444/content/x/pomona-agent.tar.gz",
  sha256s: ["0".repeat(64)],
  chunkBytes: 10_485_760,
  sizeBytes: 1,
  bundleIdentifier: "io.pomona.agent",
  bundleVersion: "0.1.0",
  title: "Pomona agent",
};

export { createTenants };

/** Listens to all of a lane's messages, as the agent does. */
export async function listen(client: MqttClient, to: AgentIdentity, lane: Lane = "control"): Promise<void> {
  const topics = Object.keys(down[lane]).map((message) => topicOf({ ...to, lane, direction: "down", message }));
  await client.subscribeAsync(topics, { qos: 1 });
}

export const say = (client: MqttClient, to: AgentIdentity, message: string, body: unknown, lane: Lane = "control") =>
  client.publishAsync(
    topicOf({ ...to, lane, direction: "up", message }),
    typeof body === "string" ? body : JSON.stringify(body),
    { qos: 1 },
  );

export const helloOf = (serialNumber: string, changes: Partial<HelloMessage> = {}): HelloMessage => ({
  version: "0.1.0",
  protocol: 1,
  bootSession: "boot-1",
  instance: "instance-1",
  serialNumber,
  osVersion: "26.0",
  desiredToken: "",
  epoch: 0,
  sensor: { state: "running", detail: "" },
  ...changes,
});

/** The next message of a name that goes down to a client. */
export function nextMessage<Body>(client: MqttClient, message: string): Promise<Body> {
  return new Promise((resolve) => {
    const onMessage = (topic: string, payload: Buffer) => {
      if (!topic.endsWith(`/down/${message}`)) return;
      client.removeListener("message", onMessage);
      resolve(JSON.parse(payload.toString("utf8")) as Body);
    };
    client.on("message", onMessage);
  });
}

/** Looks again until it holds. @throws after ten seconds */
export async function eventually<T>(look: () => Promise<T | undefined | false>, what: string): Promise<T> {
  const until = Date.now() + 10_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > until) throw new Error(`${what} did not happen within ten seconds`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
