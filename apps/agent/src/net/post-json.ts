import { Agent, request } from "node:https";
import type { ServerTrust } from "./server-trust.ts";

const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** An answer of the server; `body` is undefined when it was no JSON. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Kept-alive connections to the device channel: a standing poll and one for what cannot wait. */
export interface DeviceChannel {
  /**
   * @param timeoutMs without a byte for this long the request fails
   * @throws Error when the network, TLS or the pinned roots say no, when the answer is too large, or on abort
   */
  post(path: string, body: string, timeoutMs: number, signal?: AbortSignal): Promise<JsonAnswer>;
  close(): void;
}

export function openDeviceChannel(serverUrl: string, trust: ServerTrust): DeviceChannel {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 2,
    maxFreeSockets: 1,
    timeout: 90_000,
    rejectUnauthorized: true,
    secureContext: trust.context,
  });
  return {
    post: (path, body, timeoutMs, signal) =>
      new Promise((resolve, reject) => {
        const url = new URL(path, serverUrl);
        const sent = request(
          url,
          {
            method: "POST",
            agent,
            timeout: timeoutMs,
            headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
            ...(signal === undefined ? {} : { signal }),
          },
          (answer) => {
            const chunks: Buffer[] = [];
            let size = 0;
            answer.on("data", (chunk: Buffer) => {
              size += chunk.length;
              if (size > MAX_ANSWER_BYTES) answer.destroy(new Error("the server's answer is too large"));
              else chunks.push(chunk);
            });
            answer.on("error", reject);
            answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: parse(Buffer.concat(chunks)) }));
          },
        );
        sent.on("timeout", () => sent.destroy(new Error("the server did not answer in time")));
        sent.on("error", reject);
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}
