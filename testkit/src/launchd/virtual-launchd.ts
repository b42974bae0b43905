import { readdir } from "node:fs/promises";
import type { VirtualRoot } from "../virtual-mac/virtual-root.ts";
import type { RunningJob, StartProgram, StartReason } from "./job-program.ts";
import { type LaunchDaemon, readLaunchDaemon } from "./launch-daemon.ts";

const FOLDER = "/Library/LaunchDaemons";

interface Job {
  daemon: LaunchDaemon;
  running: RunningJob | undefined;
  startedAt: number;
  starts: number;
  timer: NodeJS.Timeout | undefined;
}

/** launchd of a virtual Mac: starts daemons, keeps them alive with its throttle, and starts a stopped one when a watched path changes. */
export class VirtualLaunchd {
  readonly #root: VirtualRoot;
  readonly #start: StartProgram;
  readonly #jobs = new Map<string, Job>();
  readonly #throttleMs: number | undefined;
  #isUp = true;

  /** @param throttleMs instead of each job's own ThrottleInterval */
  constructor(root: VirtualRoot, start: StartProgram, throttleMs?: number) {
    this.#root = root;
    this.#start = start;
    this.#throttleMs = throttleMs;
  }

  /** Reads all daemons of the disk and starts those that run at load, as at boot. */
  async loadAll(): Promise<void> {
    this.#isUp = true;
    const names = await readdir(this.#root.real(FOLDER)).catch(() => []);
    for (const name of names.filter((entry) => entry.endsWith(".plist"))) await this.load(`${FOLDER}/${name}`, "boot");
  }

  /** Loads one daemon, in place of a job with the same label, whose process is ended first. */
  async load(path: string, reason: StartReason): Promise<void> {
    const bytes = await this.#root.read(path);
    if (bytes === undefined) throw new Error(`no such launchd job: ${path}`);
    const daemon = readLaunchDaemon(bytes);
    const old = this.#jobs.get(daemon.label);
    if (old !== undefined) {
      this.#jobs.delete(daemon.label);
      await end(old);
    }
    const job: Job = { daemon, running: undefined, startedAt: 0, starts: 0, timer: undefined };
    this.#jobs.set(daemon.label, job);
    if (daemon.runAtLoad) this.#run(job, reason);
  }

  /** Something wrote or removed this path. */
  pathChanged(path: string): void {
    for (const job of this.#jobs.values()) {
      if (job.running === undefined && job.daemon.watchPaths.includes(path)) this.#soon(job, "wake");
    }
  }

  /** The process of a job while it runs. */
  running(label: string): RunningJob | undefined {
    return this.#jobs.get(label)?.running;
  }

  /** How often a job was started since it was loaded. */
  starts(label: string): number {
    return this.#jobs.get(label)?.starts ?? 0;
  }

  labels(): string[] {
    return [...this.#jobs.keys()];
  }

  /** The program and label of a job: whom PPPC may have granted something. */
  program(label: string): string | undefined {
    return this.#jobs.get(label)?.daemon.programArguments[0];
  }

  /** SIGTERM and, when the job has not gone by then, SIGKILL after 5 s; it starts again only as its KeepAlive says. */
  async stop(label: string): Promise<void> {
    const job = this.#jobs.get(label);
    if (job !== undefined) await end(job);
  }

  /** Everything stops at once and nothing is started again until `loadAll`. */
  async cutPower(): Promise<void> {
    this.#isUp = false;
    const jobs = [...this.#jobs.values()];
    this.#jobs.clear();
    await Promise.all(
      jobs.map(async (job) => {
        clearTimeout(job.timer);
        job.running?.signal("SIGKILL");
        await job.running?.exited;
      }),
    );
  }

  /** As at an orderly shutdown: every job gets SIGTERM first. */
  async shutDown(): Promise<void> {
    this.#isUp = false;
    const jobs = [...this.#jobs.values()];
    this.#jobs.clear();
    await Promise.all(jobs.map((job) => end(job)));
  }

  #run(job: Job, reason: StartReason): void {
    if (!this.#isUp || job.running !== undefined || this.#jobs.get(job.daemon.label) !== job) return;
    job.startedAt = Date.now();
    job.starts += 1;
    const running = this.#start(job.daemon.programArguments, reason);
    job.running = running;
    void running.exited.then(({ code, signal }) => {
      if (job.running === running) job.running = undefined;
      const failed = signal !== undefined || code !== 0;
      const { keepAlive } = job.daemon;
      if (keepAlive === "always" || (keepAlive === "afterFailure" && failed)) this.#soon(job, "crash");
    });
  }

  #soon(job: Job, reason: StartReason): void {
    if (job.timer !== undefined || !this.#isUp) return;
    const throttle = this.#throttleMs ?? job.daemon.throttleMs;
    const wait = job.starts === 0 ? 0 : Math.max(0, job.startedAt + throttle - Date.now());
    job.timer = setTimeout(() => {
      job.timer = undefined;
      this.#run(job, reason);
    }, wait);
  }
}

async function end(job: Job): Promise<void> {
  clearTimeout(job.timer);
  const { running } = job;
  if (running === undefined) return;
  running.signal("SIGTERM");
  const impatient = setTimeout(() => running.signal("SIGKILL"), 5000);
  await running.exited;
  clearTimeout(impatient);
}
