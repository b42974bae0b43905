import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ServerConfig } from "../config.ts";
import type { TenantRow } from "../features/tenants/index.ts";
import { type RunningServer, startServer } from "../main.ts";

export interface TestServer extends AsyncDisposable {
  readonly server: RunningServer;
  readonly dir: string;
  readonly ca: string;
  /** Two tenants, and for each the token of an operator. */
  readonly tenants: readonly [TenantRow, TenantRow];
  readonly tokens: readonly [string, string];
  /** Asks the API. `path` is below `/api/v1`. */
  call(token: string, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  stop(): Promise<void>;
}
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint: a test reads what it expects
  readonly json: Record<string, never> & { readonly [key: string]: unknown };
}

/** A whole server on free ports, its data in a temporary folder that goes with it. */
export async function testServer(changes: Partial<ServerConfig> = {}): Promise<TestServer> {
  const dir = changes.dataDir ?? mkdtempSync(path.join(tmpdir(), "pomona-server-"));
  const server = await startServer({
    dataDir: dir,
    host: "127.0.0.1",
    publicHost: "localhost",
    ports: { api: 0, device: 0, agent: 0 },
    apns: { url: "https://127.0.0.1:9" },
    logLevel: "silent",
    consoleDir: path.join(dir, "no-console"),
    version: "0.0.0",
    ...changes,
  });
  const ca = readFileSync(server.caFile, "utf8");
  const [a, b] = await server.ensureTenants(["Orchard", "Vineyard"]);
  const token = (tenant: TenantRow) => server.issueToken(`${tenant.name} operator`, "operator", [tenant]);
  let isStopped = false;
  const stop = async () => {
    if (!isStopped) await server.stop();
    isStopped = true;
  };
  return {
    server,
    dir,
    ca,
    tenants: [a!, b!],
    tokens: [await token(a!), await token(b!)],
    call: (bearer, method, where, body, headers) =>
      request(new URL(`${server.apiUrl}${where}`), ca, method, body, { authorization: `Bearer ${bearer}`, ...headers }),
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      if (changes.dataDir === undefined) rmSync(dir, { recursive: true });
    },
  };
}

/** One HTTPS request; a body that is not text goes as JSON. */
export function request(
  url: URL,
  ca: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const given =
    text === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) };
  return new Promise((resolve, reject) => {
    const sent = https.request(url, { method, ca, agent: false, headers: { ...given, ...headers } }, (answer) => {
      let received = "";
      answer.setEncoding("utf8");
      answer.on("data", (part: string) => {
        received += part;
      });
      answer.on("end", () => {
        const isJson = /json/.test(answer.headers["content-type"] ?? "");
        resolve({
          status: answer.statusCode!,
          headers: answer.headers,
          text: received,
          json: (isJson && received !== "" ? JSON.parse(received) : {}) as Answer["json"],
        });
      });
      answer.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(text);
  });
}
