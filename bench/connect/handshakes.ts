import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";
import type { EnrolledAgent } from "../agents/enrolled-agent.ts";
import { selfSigned } from "../check-in/reference.ts";
import { startChild } from "../processes/child.ts";

/** What mutual TLS alone costs a bare node:tls server, for each connection that then stays open. */
export async function measureHandshakes(
  agents: readonly EnrolledAgent[],
  clientRoot: string,
): Promise<{ readonly cpuMs: number; readonly kB: number }> {
  const child = startChild(new URL("../processes/reference-process.ts", import.meta.url), ["--expose-gc"]);
  const own = selfSigned();
  try {
    const { port } = await child.ask({ ask: "refer", tls: { ...own, ca: clientRoot } });
    const open = (agent: EnrolledAgent): TLSSocket =>
      connect({
        host: "127.0.0.1",
        port,
        servername: "localhost",
        ca: own.certificate,
        key: agent.key,
        cert: agent.certificate,
      });
    const first = open(agents[0]!);
    await once(first, "secureConnect");
    const before = await child.ask({ ask: "usage" });
    const sockets = agents.map(open);
    await Promise.all(sockets.map((socket) => once(socket, "secureConnect")));
    const after = await child.ask({ ask: "usage" });
    for (const socket of [first, ...sockets]) socket.destroy();
    return {
      cpuMs: (after.cpuMs - before.cpuMs) / agents.length,
      kB: ((after.rssMB - before.rssMB) * 1024) / agents.length,
    };
  } finally {
    await child.stop();
  }
}
