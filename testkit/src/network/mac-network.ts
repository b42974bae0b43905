import { getString, type PlistDictionary } from "@pomona/plist";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

/** The network between a Mac's agent and its server's two doors, with switches. */
export interface MacNetwork {
  /** The agent's settings with the addresses of the switchable doors in them. */
  route(settings: PlistDictionary): Promise<PlistDictionary>;
  /** The agent channel (MQTT). */
  blockMqtt(isBlocked: boolean): void;
  /** The agent's HTTPS way; the MDM client is not touched. */
  blockHttps(isBlocked: boolean): void;
  /** Sockets vanish: nothing passes, nothing closes. */
  freeze(): void;
  /** They are back. With `drop` what stood before is gone. */
  thaw(options?: { readonly drop: boolean }): void;
  close(): Promise<void>;
}

/** Nothing between: for fleets, where nobody touches a switch. */
export const directNetwork: MacNetwork = {
  route: (settings) => Promise.resolve(settings),
  blockMqtt: () => refuse(),
  blockHttps: () => refuse(),
  freeze: () => undefined,
  thaw: () => undefined,
  close: () => Promise.resolve(),
};

function refuse(): never {
  throw new Error('this Mac\'s network has no switch: make it with `network: "switchable"`');
}

/** A TCP proxy for each of the two doors, made when the settings first name them. Loopback only, since TLS names are kept. */
export function switchableNetwork(): MacNetwork {
  const proxies = new Map<"BrokerURL" | "ServerURL", { target: string; proxy: TcpProxy }>();
  const blocked = { BrokerURL: false, ServerURL: false };
  let isFrozen = false;

  const through = async (key: "BrokerURL" | "ServerURL", text: string): Promise<string> => {
    const url = new URL(text);
    if (!["127.0.0.1", "localhost"].includes(url.hostname))
      throw new Error("a switchable network needs a server on loopback");
    const known = proxies.get(key);
    if (known?.target !== url.host) {
      await known?.proxy.close();
      const port = Number(url.port || (url.protocol === "mqtts:" ? 8883 : 443));
      const proxy = await startTcpProxy({ host: url.hostname, port });
      proxy.block(blocked[key]);
      if (isFrozen) proxy.freeze();
      proxies.set(key, { target: url.host, proxy });
    }
    url.port = String(proxies.get(key)?.proxy.port);
    return url.href.replace(/\/$/, "");
  };
  const block = (key: "BrokerURL" | "ServerURL", isBlocked: boolean): void => {
    blocked[key] = isBlocked;
    proxies.get(key)?.proxy.block(isBlocked);
  };

  return {
    route: async (settings) => {
      const routed: Record<string, string> = {};
      for (const key of ["BrokerURL", "ServerURL"] as const) {
        const url = getString(settings, key);
        if (url !== undefined) routed[key] = await through(key, url);
      }
      return { ...settings, ...routed };
    },
    blockMqtt: (isBlocked) => block("BrokerURL", isBlocked),
    blockHttps: (isBlocked) => block("ServerURL", isBlocked),
    freeze: () => {
      isFrozen = true;
      for (const { proxy } of proxies.values()) proxy.freeze();
    },
    thaw: (options) => {
      isFrozen = false;
      for (const { proxy } of proxies.values()) {
        if (options?.drop === true) proxy.drop();
        proxy.thaw();
      }
    },
    close: async () => {
      await Promise.all([...proxies.values()].map(({ proxy }) => proxy.close()));
    },
  };
}
