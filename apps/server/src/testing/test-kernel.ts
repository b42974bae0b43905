import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { silentLog } from "../adapters/log/log.ts";
import { SqliteStore } from "../adapters/store/sqlite-store.ts";
import { FileVault } from "../adapters/vault/file-vault.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Feature, Kernel } from "../kernel/feature.ts";
import { LiveFeed } from "../kernel/live.ts";
import type { KeyOps } from "../kernel/secret.ts";

/** A clock that a test moves. */
export class MovableClock implements Clock {
  #now: number;
  constructor(now: number) {
    this.#now = now;
  }
  now(): number {
    return this.#now;
  }
  advance(ms: number): void {
    this.#now += ms;
  }
}

export interface TestKernel extends Kernel, AsyncDisposable {
  readonly dir: string;
  readonly store: SqliteStore;
  migrate(features: readonly Feature[]): void;
}

/**
 * A kernel on a real SQLite store.
 * @param given a folder that outlives it; without one a temporary folder, which goes with it
 */
export function testKernel(clock: Clock = { now: () => Date.now() }, given?: string, kms?: KeyOps): TestKernel {
  const dir = given ?? mkdtempSync(path.join(tmpdir(), "pomona-test-"));
  const store = new SqliteStore({ file: path.join(dir, "pomona.db"), clock });
  return {
    dir,
    store,
    facts: store,
    live: new LiveFeed(),
    vault: new FileVault({ dir: path.join(dir, "keys"), ...(kms === undefined ? {} : { kms }) }),
    clock,
    log: silentLog,
    migrate: (features) => store.migrate(features.flatMap((feature) => feature.migrations)),
    [Symbol.asyncDispose]: async () => {
      store.close();
      if (given === undefined) rmSync(dir, { recursive: true });
    },
  };
}
