import { Worker } from "node:worker_threads";
import { MOST_BYTES } from "./mutate-bytes.ts";

/** What the watching thread is given. */
export interface Watched {
  readonly name: string;
  /** [count of inputs so far, length of the one that is looked at or -1]. */
  readonly state: Int32Array;
  readonly bytes: Uint8Array;
}

/**
 * A parser that never comes back would hold the whole process without a word. A thread beside it looks whether the inputs go
 * on, and otherwise prints the one that does not and ends the process.
 */
export class StuckWatch implements AsyncDisposable {
  readonly #watched: Watched;
  readonly #worker: Worker;

  constructor(name: string) {
    this.#watched = {
      name,
      state: new Int32Array(new SharedArrayBuffer(8)).fill(-1),
      bytes: new Uint8Array(new SharedArrayBuffer(MOST_BYTES * 4)),
    };
    this.#worker = new Worker(new URL("stuck-worker.ts", import.meta.url), { workerData: this.#watched });
    this.#worker.unref();
  }

  begin(input: Uint8Array): void {
    const { state, bytes } = this.#watched;
    bytes.set(input.subarray(0, bytes.length));
    Atomics.add(state, 0, 1);
    Atomics.store(state, 1, Math.min(input.length, bytes.length));
  }
  end(): void {
    Atomics.store(this.#watched.state, 1, -1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}
