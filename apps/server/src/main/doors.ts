import { openApiDoor } from "../adapters/api-door/api-door.ts";
import { openDeviceDoor } from "../adapters/device-door/device-door.ts";
import { openAgentChannel } from "../adapters/mqtt/agent-channel.ts";
import type { ServerConfig } from "../config.ts";
import type { Kernel } from "../kernel/feature.ts";
import type { Performer } from "../kernel/perform.ts";
import type { Addresses, Features } from "./features.ts";

export interface OpenDoors {
  readonly plainDevicePort?: number;
  close(): Promise<void>;
}

/** Opens the three doors and fills in where they are. */
export async function openDoors(
  config: ServerConfig,
  kernel: Kernel,
  features: Features,
  performer: Performer,
  addresses: Addresses,
): Promise<OpenDoors> {
  const { authority, agents, access, mdm } = features;
  const { host, publicHost, ports } = config;
  const tls = config.tls ?? (await authority.serverTls([publicHost, host]));
  addresses.root = tls.ca;
  const clientRoot = authority.rootPem;
  const device = await openDeviceDoor({
    host,
    port: ports.device,
    tls: { ...tls, ca: clientRoot },
    kernel,
    mdm,
    routes: features.routes.filter((route) => route.door === "device"),
  });
  const plain =
    config.plainDevicePort === undefined
      ? undefined
      : await openDeviceDoor({
          host: "127.0.0.1",
          port: config.plainDevicePort,
          tls: { ...tls, ca: clientRoot },
          kernel,
          mdm,
          routes: [],
          isPlain: true,
        });
  addresses.device = `https://${publicHost}:${device.port}`;
  const agent = await openAgentChannel({
    host,
    port: ports.agent,
    tls,
    clientRoot,
    door: agents.door,
    log: kernel.log,
  });
  addresses.agent = `mqtts://${publicHost}:${agent.port}`;
  agents.attachBus(agent.bus);
  const api = await openApiDoor({
    host,
    port: ports.api,
    tls,
    kernel,
    actions: features.features.flatMap((feature) => feature.actions),
    routes: features.routes.filter((route) => route.door === "api"),
    performer,
    authenticator: access.authenticator,
    consoleDir: config.consoleDir,
    version: config.version,
  });
  addresses.api = `https://${publicHost}:${api.port}`;
  return {
    ...(plain === undefined ? {} : { plainDevicePort: plain.port }),
    close: async () => {
      await Promise.all([api.close(), device.close(), plain?.close(), agent.close()]);
    },
  };
}
