import { readFile } from "node:fs/promises";
import path from "node:path";
import { createPushRequest, showFleet, showPush, uploadPushCertificate } from "@pomona/contract";
import { type RunningServer, readSettings, SETTINGS, type ServerConfig, startServer } from "@pomona/server";
import { type ApiClient, openApiClient, openPushAuthority } from "@pomona/testkit";
import type { DemoOptions } from "../main.ts";
import { shipped } from "../shipped.ts";
import { untilStopped } from "../until-stopped.ts";
import { DemoFleet } from "./demo-fleet.ts";
import { type DemoState, readState, writeState } from "./demo-state.ts";

const TENANTS = ["Orchard Studios", "Vineyard Health"] as const;
/** How many of the Macs run the agent as a process of its own: each takes some 100 MB. */
const REAL_AGENTS = 2;
const PATIENCE_MS = 180_000;

/** `pomona demo`: a server, two tenants and a fleet of virtual Macs that enroll over Apple's protocol. */
export async function demo(options: DemoOptions): Promise<void> {
  if (options.check === true) return (await import("./check.ts")).check(options);
  const stopped = untilStopped();
  const folder = path.resolve(options.data);
  const progress = progressTo(process.stderr, options.macs);
  const fleet = new DemoFleet(({ enrolled, macs, failed }) =>
    progress(`${enrolled} of ${macs} Macs enrolled${failed > 0 ? `, ${failed} failed` : ""}`),
  );
  let server: RunningServer | undefined;
  try {
    const kept = await readState(folder);
    fleet.send({ kind: "open", apns: kept?.apns });
    const apns = await fleet.opened;
    progress("starting the server");
    server = await startServer(configOf(folder, options, kept, apns));
    const running = await settle(folder, server, kept, apns);
    fleet.send({
      kind: "start",
      options: {
        apiUrl: server.apiUrl,
        ca: running.ca,
        tenants: shares(options.macs).map((macs, index) => ({ token: running.tenants[index]!.token, macs })),
        dataDir: path.join(folder, "macs"),
        realAgents: Math.min(REAL_AGENTS, options.macs),
        launchdThrottleMs: 1000,
      },
    });
    const isReady = ready(fleet, running.clients, options.macs, progress);
    if ((await Promise.race([isReady, stopped])) === "ready") await announce(options, server, running);
    await stopped;
  } finally {
    progress("stopping");
    await server?.stop();
    await fleet.stop();
    progress(undefined);
  }
}

interface Running {
  readonly ca: string;
  readonly token: string;
  readonly tenants: readonly { readonly id: string; readonly name: string; readonly token: string }[];
  readonly clients: readonly ApiClient[];
}

type Apns = { readonly url: string; readonly port: number; readonly rootPem: string; readonly keyPem: string };

/** The same ports as last time: the Macs of the folder know this server by them. */
export function configOf(folder: string, options: DemoOptions, kept: DemoState | undefined, apns: Apns): ServerConfig {
  const settings = readSettings(process.env);
  const first = options.ports ?? Number(SETTINGS.apiPort.default);
  const wanted = first === 0 ? { api: 0, device: 0, agent: 0 } : { api: first, device: first + 1, agent: first + 2 };
  return {
    ...shipped(),
    dataDir: path.join(folder, "server"),
    host: "127.0.0.1",
    publicHost: "localhost",
    ports: kept?.ports ?? (options.ports === undefined ? { api: 8443, device: 8444, agent: 8883 } : wanted),
    apns: { url: apns.url, ca: apns.rootPem },
    logLevel: process.env["POMONA_LOG_LEVEL"] === undefined ? "error" : settings.logLevel,
  };
}

/** Tenants, tokens and push certificates; those of an earlier start where there was one. */
export async function settle(
  folder: string,
  server: RunningServer,
  kept: DemoState | undefined,
  apns: Apns,
): Promise<Running> {
  const ca = await readFile(server.caFile, "utf8");
  const rows = await server.ensureTenants(TENANTS);
  const token = kept?.token ?? (await server.issueToken("Demo operator", "operator", rows));
  const tenantTokens =
    kept?.tenantTokens ??
    (await Promise.all(rows.map((row) => server.issueToken(`${row.name} operator`, "operator", [row]))));
  const port = (url: string): number => Number(new URL(url.replace("mqtts:", "https:")).port);
  const ports = { api: port(server.apiUrl), device: port(server.deviceUrl), agent: port(server.agentUrl) };
  await writeState(folder, {
    ports,
    apns: { port: apns.port, rootPem: apns.rootPem, keyPem: apns.keyPem },
    token,
    tenantTokens,
  });
  const tenants = rows.map((row, index) => ({ id: row.id, name: row.name, token: tenantTokens[index]! }));
  const clients = tenants.map((tenant) => openApiClient({ apiUrl: server.apiUrl, ca, token: tenant.token }));
  const authority = await openPushAuthority(apns);
  for (const client of clients) {
    if ((await client.call(showPush, {})).state === "ready") continue;
    const { csr } = await client.call(createPushRequest, { organization: "Demo", email: "demo@example.org" });
    await client.call(uploadPushCertificate, { certificate: authority.sign(csr).certificatePem });
  }
  return { ca, token, tenants, clients };
}

/** Two thirds of the Macs belong to the first tenant. */
const shares = (macs: number): readonly number[] => [Math.ceil((macs * 2) / 3), Math.floor(macs / 3)];

async function ready(
  fleet: DemoFleet,
  clients: readonly ApiClient[],
  macs: number,
  progress: (text: string) => void,
): Promise<"ready"> {
  for (const failure of await fleet.settled) console.error(`pomona: ${failure}`);
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const counts = await Promise.all(clients.map((client) => client.call(showFleet, {})));
    const online = counts.reduce((sum, { agentsOnline }) => sum + agentsOnline, 0);
    progress(`${online} of ${macs} agents online`);
    if (online >= (fleet.counts?.enrolled ?? 0) || Date.now() > deadline) return "ready";
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function announce(options: DemoOptions, server: RunningServer, running: Running): Promise<void> {
  if (options.json === true) {
    const { consoleUrl, apiUrl, deviceUrl, agentUrl, caFile } = server;
    const { token, tenants } = running;
    console.log(JSON.stringify({ consoleUrl, apiUrl, deviceUrl, agentUrl, caFile, token, tenants }));
    return;
  }
  console.log(
    [
      "",
      `Pomona is running, with ${options.macs} virtual Macs in two tenants.`,
      "",
      `  Sign in          ${await server.signInLink("You")}`,
      "                   (once; your browser will ask about the certificate, which comes from this demo's own root)",
      `  API              ${server.apiUrl}`,
      `  Token            ${running.token}`,
      `  Root certificate ${server.caFile}`,
      "",
      "Try this: Protection > Block rules > New rule, name contains BitcoinMiner, mode Block.",
      "Someone in the fleet starts it every ten seconds or so: watch the incidents come in.",
      "",
      "Ctrl-C stops everything. The next start goes on where this one was.",
    ].join("\n"),
  );
}

/** One line that is written over on a terminal, and a line per change elsewhere. */
export function progressTo(stream: NodeJS.WriteStream, macs: number): (text: string | undefined) => void {
  let last = "";
  return (text) => {
    if (text === undefined) {
      if (stream.isTTY) stream.write("\r\x1b[K");
      return;
    }
    if (text === last || macs === 0) return;
    last = text;
    stream.write(stream.isTTY ? `\r\x1b[K${text}` : `pomona: ${text}\n`);
  };
}
