import { setImmediate as nextTurn } from "node:timers/promises";
import type { Scope } from "../../kernel/scope.ts";
import type { Store, WriteTransaction } from "../../kernel/store.ts";

interface Waiting {
  readonly scope: Scope;
  readonly work: (tx: WriteTransaction) => Promise<void>;
  readonly succeed: () => void;
  readonly fail: (error: unknown) => void;
}

/** Telemetry that is written between two looks at what else waits. */
const AT_ONCE = 16;

/**
 * The telemetry lane's own way into the store: a few at a time, then a turn of the loop for whoever else waits, so that
 * a flood of facts does not stand before an order in the queue of writers. Senders wait for their acknowledgement, which
 * is what holds them back.
 */
export class TelemetryQueue {
  readonly #store: Store;
  #waiting: Waiting[] = [];
  #run: Promise<void> | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Resolves after the commit. */
  add(scope: Scope, work: (tx: WriteTransaction) => Promise<void>): Promise<void> {
    return new Promise((succeed, fail) => {
      this.#waiting.push({ scope, work, succeed, fail });
      this.#run ??= this.#drain().finally(() => {
        this.#run = undefined;
      });
    });
  }

  async settle(): Promise<void> {
    while (this.#run !== undefined) await this.#run;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      await nextTurn();
      const batch = this.#waiting.splice(0, AT_ONCE);
      await Promise.all(
        batch.map(({ scope, work, succeed, fail }) => this.#store.write(scope, work).then(succeed, fail)),
      );
    }
  }
}
