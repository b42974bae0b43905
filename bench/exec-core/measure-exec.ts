import { parseEsloggerLine } from "@pomona/agent/sensors";
import { compileRules, decide } from "@pomona/rules";
import { guardedFeed, sampleLines, streamOf } from "./guarded-feed.ts";
import { manyRules } from "./many-rules.ts";
import { measureMemory } from "./measure-memory.ts";
import { measureRealKills } from "./measure-real-kills.ts";

/** Figures of the exec core; each key names its unit. `ratio` compares the whole way with a bare JSON.parse of the same lines. */
export interface ExecFigures {
  readonly rules: number;
  readonly lineBytes: number;
  readonly eventsPerSecond: number;
  readonly parseOnlyPerSecond: number;
  readonly ratio: number;
  readonly compileMs: number;
  readonly decideP50Us: number;
  readonly decideP99Us: number;
  readonly killP50Ms: number;
  readonly killP99Ms: number;
  readonly realKillP50Ms: number;
  readonly realKillP99Ms: number;
  readonly kills: number;
  readonly rssAfterTenthMillionEventsMB: number;
  readonly rssAfterMillionEventsMB: number;
}

/** Measures in this process, on one core: bytes to decided events with 10,000 rules, decisions alone, memory after a million events, real kills. */
export async function measureExec({ short }: { readonly short: boolean }): Promise<ExecFigures> {
  const compileStart = performance.now();
  const compiled = compileRules(manyRules(10_000));
  const compileMs = performance.now() - compileStart;
  const lines = sampleLines(2000);
  const stream = streamOf(lines);
  const rounds: { events: number; parses: number }[] = [];
  for (let round = 0; round < 4; round++) {
    const events = perSecond(short ? 10_000 : 40_000, lines.length, guardedFeed(stream, compiled));
    const parses = perSecond(short ? 10_000 : 40_000, lines.length, () => {
      for (const line of lines) JSON.parse(line);
    });
    // The first round warms the compiler up.
    if (round > 0) rounds.push({ events, parses });
    console.error(`round ${round}: ${Math.round(events)} events/s, ${Math.round(parses)} bare parses/s`);
  }
  const eventsPerSecond = median(rounds.map(({ events }) => events));
  const parseOnlyPerSecond = median(rounds.map(({ parses }) => parses));
  const decisions = measureDecisions(lines, compiled);
  const memory = await measureMemory();
  console.error(`memory: ${JSON.stringify(memory)}`);
  const { insideMs, outsideMs } = await measureRealKills(short ? 100 : 500);
  return {
    rules: compiled.size,
    lineBytes: Math.round(stream.length / lines.length),
    eventsPerSecond: Math.round(eventsPerSecond),
    parseOnlyPerSecond: Math.round(parseOnlyPerSecond),
    ratio: rounded(eventsPerSecond / parseOnlyPerSecond),
    compileMs: rounded(compileMs),
    decideP50Us: rounded(percentile(decisions, 0.5)),
    decideP99Us: rounded(percentile(decisions, 0.99)),
    killP50Ms: rounded(percentile(insideMs, 0.5)),
    killP99Ms: rounded(percentile(insideMs, 0.99)),
    realKillP50Ms: rounded(percentile(outsideMs, 0.5)),
    realKillP99Ms: rounded(percentile(outsideMs, 0.99)),
    kills: insideMs.length,
    ...memory,
  };
}

function measureDecisions(lines: readonly string[], compiled: ReturnType<typeof compileRules>): number[] {
  const micros: number[] = [];
  for (const line of lines) {
    const event = parseEsloggerLine(Buffer.from(line));
    if (event?.kind !== "exec") continue;
    const start = performance.now();
    for (let n = 0; n < 10; n++) decide(compiled, event.target, 0);
    micros.push((performance.now() - start) * 100);
  }
  return micros;
}

function perSecond(total: number, perPass: number, pass: () => void): number {
  const passes = Math.ceil(total / perPass);
  const start = performance.now();
  for (let n = 0; n < passes; n++) pass();
  return (passes * perPass * 1000) / (performance.now() - start);
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
