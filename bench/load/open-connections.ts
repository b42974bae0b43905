import { once } from "node:events";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { KeepAliveConnection } from "./keep-alive-connection.ts";

/** PEM. `key` and `certificate` are the client's, where it shows one. */
export interface ClientTls {
  readonly ca: string;
  readonly key?: string;
  readonly certificate?: string;
}

/** One connection to a port of the loopback interface, once it stands. */
export async function openConnection(port: number, tls?: ClientTls): Promise<KeepAliveConnection> {
  if (tls === undefined) {
    const socket = connect({ host: "127.0.0.1", port });
    await once(socket, "connect");
    return new KeepAliveConnection(socket);
  }
  const { ca, key, certificate } = tls;
  const socket = connectTls({
    host: "127.0.0.1",
    port,
    servername: "localhost",
    ca,
    ...(key === undefined || certificate === undefined ? {} : { key, cert: certificate }),
  });
  await once(socket, "secureConnect");
  return new KeepAliveConnection(socket);
}
