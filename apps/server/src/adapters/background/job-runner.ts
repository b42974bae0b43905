import type { Job, Log } from "../../kernel/feature.ts";

/** Runs jobs by time: never two runs of one job at once, the first after one period. */
export class JobRunner {
  readonly #jobs: readonly Job[];
  readonly #log: Log;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  #isStopped = false;

  constructor(jobs: readonly Job[], log: Log) {
    this.#jobs = jobs;
    this.#log = log;
  }

  start(): void {
    for (const job of this.#jobs) this.#plan(job);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all(this.#running);
  }

  #plan(job: Job): void {
    if (this.#isStopped) return;
    const timer = setTimeout(() => {
      const run = job
        .run()
        .catch((error: unknown) => this.#log.error("job.failed", { job: job.name, error: String(error) }))
        .finally(() => {
          this.#running.delete(run);
          this.#plan(job);
        });
      this.#running.add(run);
    }, job.everyMs);
    this.#timers.set(job.name, timer);
  }
}
