import { type ChildProcess, execFile, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { type BackoffLimits, backoff } from "./backoff.ts";
import { parseEsloggerLine } from "./eslogger-parser.ts";
import { splitLines } from "./line-splitter.ts";
import type { SensorEvent } from "./sensor-events.ts";
import type { SensorState } from "./sensor-health.ts";
import { countGaps } from "./sequence-gaps.ts";

const WANTED = ["exec", "fork", "exit"];
const MAX_LINE_BYTES = 1024 * 1024;
const NO_FULL_DISK_ACCESS = "ES_NEW_CLIENT_RESULT_ERR_NOT_PERMITTED";
/** eslogger says within this time that it may not watch; after it, silence means that it watches. */
const PROBE_MS = 500;

/** Whom the source tells. All calls come from the turn in which the bytes were read. */
export interface EsloggerListener {
  readonly onEvent: (event: SensorEvent, receivedAt: number) => void;
  readonly onGap: (count: number) => void;
  readonly onUnreadable: () => void;
  readonly onState: (state: SensorState, detail: string, subscribed: readonly string[]) => void;
}

export interface EsloggerOptions {
  /** Folders where the tool is looked for, first one first. */
  readonly folders: readonly string[];
  readonly backoff?: BackoffLimits;
  /** Epoch milliseconds with fraction. */
  readonly now: () => number;
}

/** Runs eslogger and keeps it running. eslogger is documented as no API (its man page): nothing outside this file and its parser knows it. */
export class EsloggerSource {
  readonly #options: EsloggerOptions;
  readonly #listener: EsloggerListener;
  readonly #delay: (livedMs: number) => number;
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: EsloggerOptions, listener: EsloggerListener) {
    this.#options = options;
    this.#listener = listener;
    this.#delay = backoff(options.backoff);
  }

  start(): void {
    const path = this.#options.folders.map((folder) => join(folder, "eslogger")).find(isExecutable);
    if (path === undefined) {
      const detail = "eslogger was not found; it is part of macOS 13 and later.";
      this.#retry("esloggerMissing", detail, 0, []);
      return;
    }
    // One unknown name makes eslogger refuse all of them, so ask what it knows.
    execFile(path, ["--list-events"], { timeout: 10_000, maxBuffer: 1024 * 1024 }, (error, stdout) => {
      if (this.#stopped) return;
      const known = new Set(stdout.split(/\s+/));
      const events = WANTED.filter((name) => known.has(name));
      if (error !== null || !events.includes("exec"))
        this.#retry("backoff", "eslogger does not list its events.", 0, []);
      else this.#run(path, events);
    });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#child?.kill("SIGKILL");
  }

  #run(path: string, events: readonly string[]): void {
    const startedAt = performance.now();
    // A process group of its own: eslogger leaves out the events of every process in its group, and ours should be seen.
    const child = spawn(path, ["--format", "json", ...events], { detached: true, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    let complaint = "";
    let ended = false;
    child.stderr.on("data", (chunk: Buffer) => {
      complaint = (complaint + chunk.toString("utf8")).slice(-4096);
    });
    child.stdout.on("data", this.#reader());
    const probe = setTimeout(() => this.#listener.onState("running", "", events), PROBE_MS);
    const end = () => {
      if (ended) return;
      ended = true;
      clearTimeout(probe);
      if (this.#stopped) return;
      const lived = performance.now() - startedAt;
      if (complaint.includes(NO_FULL_DISK_ACCESS))
        this.#retry("needsFullDiskAccess", "Full Disk Access is missing: install the PPPC profile.", lived, events);
      else this.#retry("backoff", `eslogger ended: ${complaint.trim().slice(-200) || "without a word"}`, lived, events);
    };
    child.on("error", end);
    child.on("close", end);
  }

  /** Reads one stream. It has its own splitter and sequence numbers, so that a dead stream's partial line ends with it. */
  #reader(): (chunk: Buffer) => void {
    const gapBefore = countGaps();
    let receivedAt = 0;
    const { onEvent, onGap, onUnreadable } = this.#listener;
    const lines = splitLines(
      MAX_LINE_BYTES,
      (line) => {
        const event = parseEsloggerLine(line);
        if (event === undefined) {
          onUnreadable();
          return;
        }
        const gap = gapBefore(event);
        if (gap > 0) onGap(gap);
        onEvent(event, receivedAt);
      },
      onUnreadable,
    );
    return (chunk) => {
      receivedAt = this.#options.now();
      lines.push(chunk);
    };
  }

  #retry(state: SensorState, detail: string, livedMs: number, events: readonly string[]): void {
    this.#listener.onState(state, detail, events);
    this.#timer = setTimeout(() => this.start(), this.#delay(livedMs));
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
