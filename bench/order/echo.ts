import { once } from "node:events";
import { Agent, request } from "node:https";
import { connect } from "node:tls";
import type { EnrolledAgent } from "../agents/enrolled-agent.ts";
import { selfSigned } from "../check-in/reference.ts";
import { startChild } from "../processes/child.ts";

/** The bare way of an order and back, and how it is gone once. */
export interface Echo {
  /** @returns ms from the POST until the answer's commit is acknowledged */
  once(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the reference; `clientRoot` is PEM of the root of the agent's certificate. */
export async function startEcho(agent: EnrolledAgent, clientRoot: string, dataDir: string): Promise<Echo> {
  const child = startChild(new URL("./echo-process.ts", import.meta.url));
  const tls = selfSigned();
  const { apiPort, agentPort } = await child.ask({ ask: "echo", tls: { ...tls, ca: clientRoot }, dataDir });
  const trust = { host: "127.0.0.1", servername: "localhost", ca: tls.certificate };
  const socket = connect({ ...trust, port: agentPort, key: agent.key, cert: agent.certificate });
  await once(socket, "secureConnect");
  socket.setNoDelay(true);
  const pool = new Agent({ keepAlive: true, ...trust });
  const post = () =>
    new Promise<void>((resolve, reject) => {
      const sent = request({ ...trust, port: apiPort, method: "POST", agent: pool }, (answer) => {
        answer.resume().on("end", resolve);
      });
      sent.on("error", reject);
      sent.end('{"type":"ping","input":{}}');
    });
  return {
    once: async () => {
      const beganAt = performance.now();
      const ordered = once(socket, "data");
      await Promise.all([post(), ordered]);
      socket.write("x".repeat(200));
      await once(socket, "data");
      return performance.now() - beganAt;
    },
    stop: async () => {
      socket.destroy();
      pool.destroy();
      await child.stop();
    },
  };
}
