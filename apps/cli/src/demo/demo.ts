import path from "node:path";
import { showFleet } from "@pomona/contract";
import { type RunningServer, startServer } from "@pomona/server";
import type { ApiClient } from "@pomona/testkit";
import type { DemoOptions } from "../options.ts";
import { untilStopped } from "../until-stopped.ts";
import { DemoFleet } from "./demo-fleet.ts";
import { configOf, type Running, settle, shares } from "./demo-server.ts";
import { readState } from "./demo-state.ts";
import { progressTo } from "./progress.ts";

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
