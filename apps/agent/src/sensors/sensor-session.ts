import type { Readable, Writable } from "node:stream";
import { compileRules } from "@pomona/rules";
import { KillBudget } from "../kill/kill-budget.ts";
import type { Killer } from "../kill/killer.ts";
import type { BackoffLimits } from "./backoff.ts";
import { EsloggerSource } from "./eslogger-source.ts";
import { ExecGuard } from "./exec-guard.ts";
import { encodeFrame, FrameReader } from "./frame-codec.ts";
import { type AgentFrame, SENSOR_PROTOCOL_VERSION, type SensorFrame } from "./frame-protocol.ts";
import type { SensorEvent } from "./sensor-events.ts";
import type { SensorCounters, SensorHealth, SensorState } from "./sensor-health.ts";

/** Bytes that may wait for a slow agent: plain events are let fall beyond the first bound, hits beyond the second. */
const EVENT_QUEUE_BYTES = 4 * 1024 * 1024;
const HIT_QUEUE_BYTES = 32 * 1024 * 1024;
const HEALTH_EVERY_MS = 5000;
const MAX_MUTED = 10_000;

export interface SensorSessionOptions {
  readonly input: Readable;
  readonly output: Writable;
  readonly killer: Killer;
  readonly toolFolders: readonly string[];
  readonly backoff?: BackoffLimits;
  /** Called when the agent's end is gone or broke the protocol. */
  readonly onEnd: () => void;
}

type Counters = { -readonly [name in keyof SensorCounters]: number };

/** The life of a sensor process: eslogger on one side, the agent on the other, the guard between them. */
export class SensorSession {
  readonly #options: SensorSessionOptions;
  readonly #source: EsloggerSource;
  readonly #counters: Counters = {
    events: 0,
    execs: 0,
    hits: 0,
    kills: 0,
    gapped: 0,
    dropped: 0,
    unreadable: 0,
    restarts: 0,
  };
  readonly #unknownVersions = new Set<number>();
  #guard: ExecGuard;
  #rules = compileRules([]);
  #state: { state: SensorState; detail: string; subscribed: readonly string[] } = {
    state: "starting",
    detail: "",
    subscribed: [],
  };
  #muted = new Set<string>();
  #forwards = false;
  #droppedUntold = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SensorSessionOptions) {
    this.#options = options;
    this.#guard = this.#newGuard(new KillBudget());
    const source = { folders: options.toolFolders, now, ...(options.backoff && { backoff: options.backoff }) };
    this.#source = new EsloggerSource(source, {
      onEvent: (event, receivedAt) => this.#onEvent(event, receivedAt),
      onGap: (count) => {
        this.#counters.gapped += count;
        this.#send({ type: "gap", count, reason: "source" });
      },
      onUnreadable: () => {
        this.#counters.unreadable += 1;
      },
      onState: (state, detail, subscribed) => this.#onState(state, detail, subscribed),
    });
  }

  start(): void {
    const { input, killer, onEnd } = this.#options;
    const reader = new FrameReader();
    input.on("data", (chunk: Buffer) => {
      try {
        for (const frame of reader.push(chunk)) this.#onFrame(frame as AgentFrame);
      } catch {
        onEnd();
      }
    });
    input.on("end", onEnd);
    input.on("error", onEnd);
    this.#options.output.on("error", onEnd);
    const capabilities = {
      sensor: "eslogger",
      events: ["exec", "fork", "exit"],
      canAuthorize: false,
      killMeans: killer.means,
    };
    this.#send({ type: "hello", version: SENSOR_PROTOCOL_VERSION, capabilities });
    this.#source.start();
    this.#timer = setInterval(() => this.#tellHealth(), HEALTH_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#source.stop();
  }

  #newGuard(budget: KillBudget): ExecGuard {
    const guard = new ExecGuard({
      killer: this.#options.killer,
      budget,
      now,
      onHit: (hit) => {
        this.#counters.hits += 1;
        if (hit.action === "killed") this.#counters.kills += 1;
        this.#send({ type: "hit", hit });
      },
      onBudgetSpent: (ruleId) => this.#send({ type: "budgetSpent", ruleId }),
    });
    guard.setRules(this.#rules);
    return guard;
  }

  #onEvent(event: SensorEvent, receivedAt: number): void {
    this.#counters.events += 1;
    if (event.kind === "exec") this.#counters.execs += 1;
    if (event.unknownVersion && this.#unknownVersions.size < 16) this.#unknownVersions.add(event.version);
    this.#guard.handle(event, receivedAt);
    if (this.#forwards && !(event.kind === "exec" && this.#muted.has(event.target.path)))
      this.#send({ type: "event", event });
  }

  #onState(state: SensorState, detail: string, subscribed: readonly string[]): void {
    if (this.#state.state === "running" && state !== "running") this.#counters.restarts += 1;
    this.#state = { state, detail, subscribed };
    this.#tellHealth();
  }

  #tellHealth(): void {
    if (this.#droppedUntold > 0 && this.#options.output.writableLength < EVENT_QUEUE_BYTES) {
      this.#send({ type: "gap", count: this.#droppedUntold, reason: "queue" });
      this.#droppedUntold = 0;
    }
    const killMeans = this.#options.killer.means;
    const unknownVersions = [...this.#unknownVersions];
    const health: SensorHealth = { ...this.#state, counters: { ...this.#counters }, killMeans, unknownVersions };
    this.#send({ type: "health", health });
  }

  #onFrame(frame: AgentFrame): void {
    switch (frame.type) {
      case "rules": {
        this.#rules = compileRules(frame.rules);
        this.#guard.setRules(this.#rules);
        const refused = this.#rules.refused.map((rule) => rule.id);
        this.#send({ type: "rulesSet", revision: frame.revision, size: this.#rules.size, refused });
        break;
      }
      case "killBudget":
        this.#guard = this.#newGuard(new KillBudget(frame.limits));
        break;
      case "subscribe":
        this.#forwards = frame.events;
        break;
      case "mute":
        this.#muted = new Set(frame.paths.slice(0, MAX_MUTED));
        break;
      case "kill":
        this.#send({ type: "killResult", id: frame.id, result: this.#options.killer.kill(frame.token, frame.signal) });
        break;
      case "verdict":
        // Reserved: this sensor never asks.
        break;
    }
  }

  #send(frame: SensorFrame): void {
    const { output } = this.#options;
    const bound = frame.type === "event" ? EVENT_QUEUE_BYTES : HIT_QUEUE_BYTES;
    if (output.writableLength > bound) {
      this.#counters.dropped += 1;
      this.#droppedUntold += 1;
    } else output.write(encodeFrame(frame));
  }
}

let anchor = Date.now() - performance.now();

/** Epoch milliseconds with fraction: the fine clock, anchored anew when the wall clock was set or the Mac slept. */
function now(): number {
  const wall = Date.now();
  const fine = anchor + performance.now();
  if (Math.abs(wall - fine) <= 20) return fine;
  anchor = wall - performance.now();
  return wall;
}
