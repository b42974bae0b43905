import { type ChildProcess, spawn } from "node:child_process";
import type { BlockRule } from "@pomona/rules";
import type { KillBudgetLimits } from "../kill/kill-budget.ts";
import type { KillResult, KillSignal } from "../kill/killer.ts";
import type { ProcessToken } from "../kill/process-token.ts";
import { type BackoffLimits, backoff } from "./backoff.ts";
import { encodeFrame, FrameReader } from "./frame-codec.ts";
import {
  type AgentFrame,
  SENSOR_PROTOCOL_VERSION,
  type SensorCapabilities,
  type SensorFrame,
} from "./frame-protocol.ts";
import type { Hit } from "./hit.ts";
import type { SensorEvent } from "./sensor-events.ts";
import type { SensorHealth } from "./sensor-health.ts";

/** Whom the client tells; every handler is optional. */
export interface SensorListener {
  readonly onHello?: (capabilities: SensorCapabilities) => void;
  readonly onHit?: (hit: Hit) => void;
  readonly onHealth?: (health: SensorHealth) => void;
  readonly onGap?: (count: number, reason: "source" | "queue") => void;
  readonly onEvent?: (event: SensorEvent) => void;
  readonly onBudgetSpent?: (ruleId: string) => void;
  readonly onRulesSet?: (size: number, refused: readonly string[]) => void;
  /** The sensor process ended; a new one starts after `retryInMs`. */
  readonly onExit?: (retryInMs: number) => void;
}

export interface SensorClientOptions {
  /** Program and arguments of the sensor process: the bundled agent with `--sensor`, or Node with `sensor-process.ts`. */
  readonly command: readonly [string, ...string[]];
  readonly backoff?: BackoffLimits;
  readonly killBudget?: KillBudgetLimits;
}

/** Starts the sensor process, keeps it running, and gives it the newest rules after every start. */
export class SensorClient {
  readonly #options: SensorClientOptions;
  readonly #listener: SensorListener;
  readonly #delay: (livedMs: number) => number;
  readonly #kills = new Map<number, (result: KillResult) => void>();
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #rulesFrame: Buffer | undefined;
  #revision = 0;
  #killId = 0;
  #forwards = false;
  #muted: readonly string[] = [];
  #killBudget: KillBudgetLimits | undefined;
  #stopped = false;

  constructor(options: SensorClientOptions, listener: SensorListener) {
    this.#options = options;
    this.#listener = listener;
    this.#killBudget = options.killBudget;
    this.#delay = backoff(options.backoff);
  }

  /** Process id of the sensor, for reports of memory and for guards. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    const [program, ...args] = this.#options.command;
    const startedAt = performance.now();
    const child = spawn(program, [...args, "--protect", String(process.pid), "--protect", String(process.ppid)], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    this.#child = child;
    const reader = new FrameReader();
    let ended = false;
    child.stdout.on("data", (chunk: Buffer) => {
      try {
        for (const frame of reader.push(chunk)) this.#onFrame(frame as SensorFrame);
      } catch {
        child.kill("SIGKILL");
      }
    });
    const end = () => {
      if (ended) return;
      ended = true;
      this.#child = undefined;
      this.#failKills();
      if (this.#stopped) return;
      const delay = this.#delay(performance.now() - startedAt);
      this.#timer = setTimeout(() => this.start(), delay);
      this.#listener.onExit?.(delay);
    };
    // A write to a process that just died fails here; its end is handled once, by `close`.
    child.stdin.on("error", () => {});
    child.on("error", end);
    child.on("close", end);
    if (this.#killBudget) this.#send({ type: "killBudget", limits: this.#killBudget });
    if (this.#rulesFrame) child.stdin.write(this.#rulesFrame);
    if (this.#forwards) this.#send({ type: "subscribe", events: true });
    if (this.#muted.length > 0) this.#send({ type: "mute", paths: this.#muted });
  }

  /** Replaces all rules, now and after every restart. Throws a RangeError, and keeps the former ones, where they do not fit a frame. */
  setRules(rules: readonly BlockRule[]): void {
    const frame: AgentFrame = { type: "rules", revision: this.#revision + 1, rules };
    this.#rulesFrame = encodeFrame(frame);
    this.#revision += 1;
    this.#child?.stdin?.write(this.#rulesFrame);
  }

  /** Replaces the kill budget, now and after every restart; what was spent of the old one is forgotten. */
  setKillBudget(limits: KillBudgetLimits): void {
    this.#killBudget = limits;
    this.#send({ type: "killBudget", limits });
  }

  /** Asks for plain events as well, or no longer. */
  subscribe(events: boolean): void {
    this.#forwards = events;
    this.#send({ type: "subscribe", events });
  }

  /** Executables whose plain events are not forwarded; they are decided all the same. */
  mute(paths: readonly string[]): void {
    this.#muted = paths;
    this.#send({ type: "mute", paths });
  }

  /** Signals exactly the process of the token, by the sensor's killer. Never rejects; `failed` when the sensor is not running. */
  kill(token: ProcessToken, signal: KillSignal = "SIGKILL"): Promise<KillResult> {
    if (this.#child === undefined) return Promise.resolve({ outcome: "failed", detail: "the sensor is not running" });
    const id = ++this.#killId;
    return new Promise((resolve) => {
      this.#kills.set(id, resolve);
      this.#send({ type: "kill", id, token, signal });
    });
  }

  /** Ends the sensor process and resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined) return;
    const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
    child.stdin?.end();
    const force = setTimeout(() => child.kill("SIGKILL"), 2000);
    await gone;
    clearTimeout(force);
  }

  #onFrame(frame: SensorFrame): void {
    switch (frame.type) {
      case "hello":
        if (frame.version !== SENSOR_PROTOCOL_VERSION)
          throw new Error("the sensor speaks another version of the protocol");
        return this.#listener.onHello?.(frame.capabilities);
      case "hit":
        return this.#listener.onHit?.(frame.hit);
      case "health":
        return this.#listener.onHealth?.(frame.health);
      case "gap":
        return this.#listener.onGap?.(frame.count, frame.reason);
      case "event":
        return this.#listener.onEvent?.(frame.event);
      case "budgetSpent":
        return this.#listener.onBudgetSpent?.(frame.ruleId);
      case "rulesSet":
        return this.#listener.onRulesSet?.(frame.size, frame.refused);
      case "killResult":
        this.#kills.get(frame.id)?.(frame.result);
        this.#kills.delete(frame.id);
        return;
      case "authRequest":
        // Reserved: a sensor that can authorize decides by its own rules until the agent says otherwise.
        return;
    }
  }

  #send(frame: AgentFrame): void {
    this.#child?.stdin?.write(encodeFrame(frame));
  }

  #failKills(): void {
    for (const resolve of this.#kills.values())
      resolve({ outcome: "failed", detail: "the sensor ended before it answered" });
    this.#kills.clear();
  }
}
