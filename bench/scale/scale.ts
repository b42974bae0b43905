import { bringFleet } from "../check-in/kept-fleet.ts";
import { CONNECTIONS } from "../check-in/measure-way.ts";
import { type PreparedRequests, prepareRequests } from "../check-in/prepared-requests.ts";
import { progress } from "../figures/progress.ts";
import { median, rounded } from "../figures/statistics.ts";
import { closedLoop, type LoadFigures } from "../load/closed-loop.ts";
import { openConnection } from "../load/open-connections.ts";
import { callApi } from "../processes/call-api.ts";
import { type Child, startChild } from "../processes/child.ts";
import { canPin, LOADING_CORE, pin } from "../processes/pinning.ts";
import { openScratch } from "../processes/scratch.ts";
import { countAnswered, fillStore, multiplyMacs, takeTemplate } from "./fill-store.ts";

const SERVER = new URL("../processes/server-process.ts", import.meta.url);
const SIGNING = 1000;
/** Macs whose queue stays empty. */
const IDLE = 200;
const ACKNOWLEDGEMENTS = 4000;
/** What a batch sends: it changes nothing on a Mac, so that no budget stands in the way. */
const QUESTION = "CertificateList";

export interface ScaleFigures {
  readonly devices: number;
  readonly commands: number;
  readonly pinned: boolean;
  /** The first poll of a Mac after the start, and later ones, while the store holds all the commands of the others. */
  readonly coldEmptyPollCpuUs: number;
  readonly emptyPollCpuUs: number;
  readonly emptyPollP99Ms: number;
  /** One command to all, from the request until every queue has it. */
  readonly oneToAllMs: number;
  /** Acknowledge-and-next with an otherwise empty table and with all commands: CPU in µs, and their quotient, run by run. */
  readonly acknowledgeCpuUsEmpty: number;
  readonly acknowledgeCpuUsFull: number;
  readonly acknowledgeRatio: number;
  readonly answeredLeftInHotTable: number;
  readonly millisUntilCarried: number;
}

/** A fleet's worth of Macs and commands in the store: what one Mac's poll costs, and one command to all. */
export async function measureScale({ short }: { readonly short: boolean }): Promise<ScaleFigures> {
  const devices = short ? 3000 : 15_000;
  const perMac = short ? 34 : 68;
  using scratch = openScratch();
  const dataDir = scratch.folder;
  const fleet = await bringFleet(SERVER, dataDir, SIGNING);
  multiplyMacs(dataDir, devices);
  progress(`${devices} Macs are in the store`);
  const speakers = SIGNING - IDLE;
  const answers = Math.ceil((ACKNOWLEDGEMENTS / speakers) * 1.3);
  const requests = prepareRequests(fleet, "signature", (mac) => (mac < IDLE ? 0 : answers));
  pin(process.pid, LOADING_CORE);
  const udids = fleet.map((mac) => mac.udid);

  const oneToAllMs = await serving(dataDir, ({ door }) => oneToAll(door, devices));
  progress(`one command to all: ${Math.round(oneToAllMs)} ms`);
  const template = takeTemplate(dataDir);
  const ratios: number[] = [];
  const empties: LoadFigures[] = [];
  const fulls: LoadFigures[] = [];
  const polls: { cold: LoadFigures; warm: LoadFigures }[] = [];
  let commands = 0;
  let carried = { hot: 0, millis: 0 };
  for (let run = 1; run <= (short ? 1 : 3); run++) {
    fillStore(dataDir, template, udids, (mac) => (mac < IDLE ? 0 : answers + 1), 0);
    const empty = await serving(dataDir, ({ server, port }) => acknowledge(server, port, requests));
    commands = fillStore(dataDir, template, udids, (mac) => (mac < IDLE ? 0 : perMac), perMac);
    const full = await serving(dataDir, async ({ server, port }) => {
      polls.push(await idle(server, port, requests));
      const figures = await acknowledge(server, port, requests);
      carried = await untilCarried(dataDir);
      return figures;
    });
    empties.push(empty);
    fulls.push(full);
    ratios.push(full.cpuUsPerRequest / empty.cpuUsPerRequest);
    progress(`run ${run}: ${commands} commands, an acknowledgement costs ${rounded(ratios.at(-1)!)} times`);
  }
  const cpu = (figures: readonly LoadFigures[]) => rounded(median(figures.map((one) => one.cpuUsPerRequest)));
  return {
    devices,
    commands,
    pinned: canPin,
    coldEmptyPollCpuUs: cpu(polls.map((poll) => poll.cold)),
    emptyPollCpuUs: cpu(polls.map((poll) => poll.warm)),
    emptyPollP99Ms: rounded(median(polls.map((poll) => poll.warm.p99Ms))),
    oneToAllMs: rounded(oneToAllMs),
    acknowledgeCpuUsEmpty: cpu(empties),
    acknowledgeCpuUsFull: cpu(fulls),
    acknowledgeRatio: rounded(median(ratios)),
    answeredLeftInHotTable: carried.hot,
    millisUntilCarried: rounded(carried.millis),
  };
}

type Door = Awaited<ReturnType<typeof start>>["door"];
const start = async (dataDir: string) => {
  const server = startChild(SERVER);
  const door = await server.ask({ ask: "serve", dataDir, isPlain: true });
  return { server, door, port: door.plainDevicePort! };
};

async function serving<T>(
  dataDir: string,
  body: (running: Awaited<ReturnType<typeof start>>) => Promise<T>,
): Promise<T> {
  const running = await start(dataDir);
  try {
    return await body(running);
  } finally {
    await running.server.stop();
  }
}

async function oneToAll(door: Door, devices: number): Promise<number> {
  const call = callApi(door);
  const beganAt = performance.now();
  const { id, total } = await call<{ id: string; total: number }>("POST", "/batches", {
    requestType: QUESTION,
    filter: {},
  });
  if (total !== devices) throw new Error(`the batch is for ${total} Macs, not ${devices}`);
  for (;;) {
    const { progress: has } = await call<{ progress: { waiting: number; queued: number } }>("GET", `/batches/${id}`);
    if (has.waiting === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return performance.now() - beganAt;
}

async function idle(
  server: Child,
  port: number,
  requests: PreparedRequests,
): Promise<{ cold: LoadFigures; warm: LoadFigures }> {
  const bodies = requests.idle.slice(0, IDLE);
  const load = (count: number) =>
    run(server, port, count, (at) => cycle(bodies.filter((_, mac) => mac % CONNECTIONS === at)), 0);
  return { cold: await load(IDLE), warm: await load(IDLE * 20) };
}

function acknowledge(server: Child, port: number, requests: PreparedRequests): Promise<LoadFigures> {
  const macs = requests.acknowledgements.slice(IDLE);
  return run(server, port, ACKNOWLEDGEMENTS, (at) => turns(macs.filter((_, mac) => mac % CONNECTIONS === at)), 1);
}

async function run(
  server: Child,
  port: number,
  count: number,
  scriptOf: (connection: number) => Iterator<Uint8Array, void>,
  minimumBody: number,
): Promise<LoadFigures> {
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => openConnection(port)));
  try {
    return await closedLoop({
      connections,
      scripts: connections.map((_, at) => scriptOf(at)),
      count,
      measured: server,
      isGood: ({ status, bodyLength }) =>
        status === 200 && (minimumBody === 0 ? bodyLength === 0 : bodyLength >= minimumBody),
    });
  } finally {
    for (const connection of connections) connection.close();
  }
}

function* cycle(requests: readonly Uint8Array[]): Iterator<Uint8Array, void> & Iterable<Uint8Array> {
  for (;;) yield* requests;
}

function* turns(lists: readonly (readonly Uint8Array[])[]): Iterator<Uint8Array, void> & Iterable<Uint8Array> {
  for (let turn = 0; turn < Math.max(...lists.map((list) => list.length)); turn++) {
    for (const list of lists) if (list[turn] !== undefined) yield list[turn]!;
  }
}

/** How long it takes until no answered command is left in the hot table; a minute at most. */
async function untilCarried(dataDir: string): Promise<{ hot: number; millis: number }> {
  const beganAt = performance.now();
  for (;;) {
    const { hot } = countAnswered(dataDir);
    const millis = performance.now() - beganAt;
    if (hot === 0 || millis > 60_000) return { hot, millis };
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
