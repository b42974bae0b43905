import { progress } from "../figures/progress.ts";
import { median, medians, rounded } from "../figures/statistics.ts";
import { closedLoop, type LoadFigures, type Script } from "../load/closed-loop.ts";
import type { KeepAliveConnection, RawAnswer } from "../load/keep-alive-connection.ts";
import { type ClientTls, openConnection } from "../load/open-connections.ts";
import type { Child } from "../processes/child.ts";
import type { StepShare } from "../processes/step-shares.ts";
import type { PreparedRequests } from "./prepared-requests.ts";

export const CONNECTIONS = 16;

/** How much is sent. */
export interface Amounts {
  readonly runs: number;
  /** Acknowledgements before the measured ones, and again for the profile; idle polls warm up with a whole run. */
  readonly warmUp: number;
  readonly idlePerRun: number;
  readonly acknowledgementsPerRun: number;
}

/** A process that answers, and how it is reached. */
export interface Target {
  readonly process: Child;
  readonly port: number;
  /** Of the connection at an index; absent without TLS. */
  readonly tlsOf: ((connection: number) => ClientTls) | undefined;
}

/** One way of saying who one is: whom to ask what, and what the bare reference is asked. */
export interface Way {
  readonly name: string;
  readonly server: Target;
  readonly reference: Target;
  readonly referenceRequest: Uint8Array;
  /** Macs that speak on the connection at an index. */
  readonly macsOf: (connection: number) => readonly number[];
  readonly requests: PreparedRequests;
  /** Puts the commands into the queues that the acknowledgements speak of. */
  readonly fillQueues: () => void;
}

export interface WayFigures {
  /** `ratio`: requests per second as a share of the reference's, the median over pairs of neighbouring runs. */
  readonly idle: LoadFigures & { readonly ratio: number };
  readonly acknowledgeAndNext: LoadFigures & { readonly ratio: number };
  readonly reference: LoadFigures;
  readonly idleSteps: readonly StepShare[];
  readonly acknowledgeSteps: readonly StepShare[];
}

type Run = Readonly<Record<"figures" | "reference", LoadFigures>>;

/** Every run is followed by one of the reference, so that a slow moment of the machine meets both. */
export async function measureWay(way: Way, amounts: Amounts): Promise<WayFigures> {
  const own = await openAll(way.server);
  const bare = await openAll(way.reference);
  try {
    const bareScripts = bare.map(() => repeating([way.referenceRequest]));
    const refer = (count: number) =>
      closedLoop({ connections: bare, scripts: bareScripts, count, measured: way.reference.process, isGood: isEmpty });
    const phase = async (
      name: string,
      scripts: readonly Script[],
      isGood: typeof isEmpty,
      perRun: number,
      warmUp: number,
    ) => {
      const load = (count: number) =>
        closedLoop({ connections: own, scripts, count, measured: way.server.process, isGood });
      await load(warmUp);
      await refer(warmUp);
      const runs: Run[] = [];
      for (let run = 1; run <= amounts.runs; run++) {
        const figures = await load(perRun);
        const reference = await refer(perRun);
        runs.push({ figures, reference });
        progress(`${way.name}, ${name}: ${perSecond(figures)}, reference ${perSecond(reference)}`);
      }
      await way.server.process.ask({ ask: "profile" });
      await load(amounts.warmUp);
      return {
        runs,
        steps: await way.server.process.ask({ ask: "shares", keepAs: `${way.name} ${name}`.replaceAll(" ", "-") }),
      };
    };
    const idleScripts = own.map((_, at) => repeating(way.macsOf(at).map((mac) => way.requests.idle[mac]!)));
    const idle = await phase("idle", idleScripts, isEmpty, amounts.idlePerRun, amounts.idlePerRun);
    way.fillQueues();
    const ackScripts = own.map((_, at) => inTurns(way.macsOf(at).map((mac) => way.requests.acknowledgements[mac]!)));
    const ack = await phase(
      "acknowledge and next",
      ackScripts,
      hasBody,
      amounts.acknowledgementsPerRun,
      amounts.warmUp,
    );
    return {
      idle: summary(idle.runs),
      acknowledgeAndNext: summary(ack.runs),
      reference: medians([...idle.runs, ...ack.runs].map((run) => ({ ...run.reference }))),
      idleSteps: idle.steps,
      acknowledgeSteps: ack.steps,
    };
  } finally {
    for (const connection of [...own, ...bare]) connection.close();
  }
}

const perSecond = ({ perSecond: rate, cpuUsPerRequest }: LoadFigures): string =>
  `${Math.round(rate)}/s (${Math.round(cpuUsPerRequest)} µs of CPU)`;
const isEmpty = (answer: RawAnswer): boolean => answer.status === 200 && answer.bodyLength === 0;
const hasBody = (answer: RawAnswer): boolean => answer.status === 200 && answer.bodyLength > 0;

function summary(runs: readonly Run[]): WayFigures["idle"] {
  const ratios = runs.map(({ figures, reference }) => figures.perSecond / reference.perSecond);
  return { ...medians(runs.map((run) => ({ ...run.figures }))), ratio: rounded(median(ratios)) };
}

function openAll({ port, tlsOf }: Target): Promise<KeepAliveConnection[]> {
  return Promise.all(Array.from({ length: CONNECTIONS }, (_, at) => openConnection(port, tlsOf?.(at))));
}

function* repeating(requests: readonly Uint8Array[]): Script {
  for (;;) yield* requests;
}

/** The first of every list, then the second of every list, and so on. */
function* inTurns(lists: readonly (readonly Uint8Array[])[]): Script {
  for (let turn = 0; turn < Math.max(...lists.map((list) => list.length)); turn++) {
    for (const list of lists) {
      const request = list[turn];
      if (request !== undefined) yield request;
    }
  }
}
