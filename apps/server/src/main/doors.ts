import { openApiDoor } from "../adapters/api-door/api-door.ts";
import { WaitingRoom } from "../adapters/connections/waiting-room.ts";
import { openDeviceDoor } from "../adapters/device-door/device-door.ts";
import { openAgentChannel } from "../adapters/mqtt/agent-channel.ts";
import type { StoreState } from "../adapters/store/disk-fault.ts";
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
  storeState: () => StoreState,
): Promise<OpenDoors> {
  const opened: { close(): Promise<void> }[] = [];
  const keep = <Door extends { close(): Promise<void> }>(door: Door): Door => {
    opened.push(door);
    return door;
  };
  const close = async () => {
    await Promise.all(opened.map((door) => door.close()));
  };
  try {
    const plainDevicePort = await openAll(config, kernel, features, performer, addresses, storeState, keep);
    return { ...(plainDevicePort === undefined ? {} : { plainDevicePort }), close };
  } catch (error) {
    // A port that is taken must not leave the other doors open behind a server that never started.
    await close();
    throw error;
  }
}

async function openAll(
  config: ServerConfig,
  kernel: Kernel,
  { authority, agents, access, mdm, routes, features }: Features,
  performer: Performer,
  addresses: Addresses,
  storeState: () => StoreState,
  keep: <Door extends { close(): Promise<void> }>(door: Door) => Door,
): Promise<number | undefined> {
  const { host, publicHost, ports, waitingConnections: places } = config;
  const tls = config.tls ?? (await authority.serverTls([publicHost, host]));
  addresses.root = tls.ca;
  const clientRoot = authority.rootPem;
  const { trustedProxy } = config;
  const room = (door: string) => new WaitingRoom(door, kernel.log, places === undefined ? {} : { places });
  const forDevices = {
    tls: { ...tls, ca: clientRoot },
    kernel,
    mdm,
    ...(trustedProxy === undefined ? {} : { trustedProxy }),
  };
  const deviceRoutes = routes.filter((route) => route.door === "device");
  const device = keep(
    await openDeviceDoor({
      ...forDevices,
      host,
      port: ports.device,
      routes: deviceRoutes,
      connections: room("device-door"),
    }),
  );
  addresses.device = `https://${publicHost}:${device.port}`;
  const plain =
    config.plainDevicePort === undefined
      ? undefined
      : keep(
          await openDeviceDoor({
            ...forDevices,
            host: "127.0.0.1",
            port: config.plainDevicePort,
            routes: [],
            isPlain: true,
            connections: room("plain-device-door"),
          }),
        );
  const agent = keep(
    await openAgentChannel({
      host,
      port: ports.agent,
      tls,
      clientRoot,
      door: agents.door,
      log: kernel.log,
      connections: room("agent-channel"),
    }),
  );
  addresses.agent = `mqtts://${publicHost}:${agent.port}`;
  agents.attachBus(agent.bus);
  const api = keep(
    await openApiDoor({
      host,
      port: ports.api,
      tls,
      kernel,
      actions: features.flatMap((feature) => feature.actions),
      routes: routes.filter((route) => route.door === "api"),
      performer,
      authenticator: access.authenticator,
      consoleDir: config.consoleDir,
      version: config.version,
      storeState,
      connections: room("api"),
      ...(trustedProxy === undefined ? {} : { trustedProxies: trustedProxy.addresses }),
    }),
  );
  addresses.api = `https://${publicHost}:${api.port}`;
  return plain?.port;
}
