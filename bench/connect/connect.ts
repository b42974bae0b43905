import { bringAgents } from "../agents/agent-fleet.ts";
import { openAgents } from "../agents/open-agents.ts";
import { progress } from "../figures/progress.ts";
import { medians, rounded } from "../figures/statistics.ts";
import { callApi } from "../processes/call-api.ts";
import { startChild } from "../processes/child.ts";
import { canPin, LOADING_CORE, pin } from "../processes/pinning.ts";
import { openScratch } from "../processes/scratch.ts";
import { measureHandshakes } from "./handshakes.ts";

const SERVER = new URL("../processes/server-process.ts", import.meta.url);
const AGENTS = 2000;

/** `ratio`: server CPU per agent as a multiple of a bare mutual TLS handshake's, the median over the runs. */
export interface ConnectFigures {
  readonly agents: number;
  readonly pinned: boolean;
  /** From the first connect until the API says that all are online. */
  readonly allOnlineMs: number;
  readonly connectsPerSecond: number;
  readonly serverCpuMsPerAgent: number;
  readonly serverKBPerAgent: number;
  readonly bareHandshakeCpuMs: number;
  readonly bareKBPerConnection: number;
  readonly ratio: number;
}

type Run = Omit<ConnectFigures, "agents" | "pinned">;

/** All agents connect at once over mutual TLS, subscribe and say hello. */
export async function measureConnect({ short }: { readonly short: boolean }): Promise<ConnectFigures> {
  const runs: Run[] = [];
  pin(process.pid, LOADING_CORE);
  for (let run = 1; run <= (short ? 1 : 3); run++) {
    runs.push(await connectOnce());
    const { allOnlineMs, ratio } = runs.at(-1)!;
    progress(
      `run ${run}: all online after ${rounded(allOnlineMs)} ms, ${rounded(ratio)} times the CPU of a bare handshake`,
    );
  }
  return { agents: AGENTS, pinned: canPin, ...medians(runs) };
}

async function connectOnce(): Promise<Run> {
  using scratch = openScratch();
  const agents = await bringAgents(SERVER, scratch.folder, AGENTS);
  const server = startChild(SERVER, ["--expose-gc"]);
  try {
    const door = await server.ask({ ask: "serve", dataDir: scratch.folder });
    const call = callApi(door);
    const online = async () => (await call<{ agentsOnline: number }>("GET", "/fleet")).agentsOnline;
    await online();
    const before = await server.ask({ ask: "usage" });
    const beganAt = performance.now();
    const open = await openAgents(agents, door, "control", AGENTS);
    while ((await online()) < AGENTS) await new Promise((resolve) => setTimeout(resolve, 20));
    const allOnlineMs = performance.now() - beganAt;
    const after = await server.ask({ ask: "usage" });
    const bare = await measureHandshakes(agents.slice(0, 500), door.ca);
    await Promise.all(open.map((agent) => agent.close()));
    const serverCpuMsPerAgent = (after.cpuMs - before.cpuMs) / AGENTS;
    return {
      allOnlineMs,
      connectsPerSecond: (AGENTS * 1000) / allOnlineMs,
      serverCpuMsPerAgent,
      serverKBPerAgent: ((after.rssMB - before.rssMB) * 1024) / AGENTS,
      bareHandshakeCpuMs: bare.cpuMs,
      bareKBPerConnection: bare.kB,
      ratio: serverCpuMsPerAgent / bare.cpuMs,
    };
  } finally {
    await server.stop();
  }
}
