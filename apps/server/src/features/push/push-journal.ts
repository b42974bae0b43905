import type { PushOutcome } from "@pomona/contract";
import type { TenantId } from "@pomona/facts";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import type { PushPolicy } from "./apns-errors.ts";
import { notePushed } from "./push.sql.ts";
import { addOutcomes, forgetOutcomes, readOutcomes } from "./push-outcomes.sql.ts";

const HOUR_MS = 3_600_000;

/** Each policy's word in the journal. */
export const OUTCOMES: Readonly<Record<PushPolicy, PushOutcome>> = {
  done: "taken",
  stop: "token-refused",
  alarm: "certificate-refused",
  wait: "too-many",
  retry: "unreachable",
  fault: "fault",
};

export type OutcomeCounts = { readonly [Outcome in PushOutcome]: number };

/** Counts pushes by hour and outcome, and when one last went through; written in bulk, kept for a day. */
export class PushJournal {
  readonly #kernel: Kernel;
  readonly #counts = new Map<TenantId, Map<string, number>>();
  readonly #takenAt = new Map<TenantId, number>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  count(tenantId: TenantId, policy: PushPolicy, now: number): void {
    const counts = this.#counts.get(tenantId) ?? new Map<string, number>();
    this.#counts.set(tenantId, counts);
    const key = `${Math.floor(now / HOUR_MS)} ${OUTCOMES[policy]}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    if (policy === "done") this.#takenAt.set(tenantId, now);
  }

  /** When a push of this tenant was last taken, if that is not written yet. */
  takenAt(tenantId: TenantId): number | undefined {
    return this.#takenAt.get(tenantId);
  }

  /** By outcome, over the last 24 hours to the hour. */
  async lastDay(tx: ReadTransaction): Promise<OutcomeCounts> {
    const since = Math.floor(tx.now / HOUR_MS) - 24;
    const total: Record<PushOutcome, number> = {
      taken: 0,
      "token-refused": 0,
      "certificate-refused": 0,
      "too-many": 0,
      unreachable: 0,
      fault: 0,
    };
    for (const { outcome, count } of await readOutcomes(tx, since)) total[outcome] += count;
    for (const [key, count] of this.#counts.get(tx.scope.tenantId) ?? []) {
      const [hour, outcome] = key.split(" ") as [string, PushOutcome];
      if (Number(hour) >= since) total[outcome] += count;
    }
    return total;
  }

  async flush(): Promise<void> {
    const now = this.#kernel.clock.now();
    for (const [tenantId, counts] of this.#counts) {
      this.#counts.delete(tenantId);
      const takenAt = this.#takenAt.get(tenantId);
      this.#takenAt.delete(tenantId);
      await this.#kernel.store.write(systemScope(tenantId, "push"), async (tx) => {
        for (const [key, count] of counts) {
          const [hour, outcome] = key.split(" ") as [string, PushOutcome];
          await addOutcomes(tx, { hour: Number(hour), outcome, count });
        }
        await forgetOutcomes(tx, Math.floor(now / HOUR_MS) - 25);
        if (takenAt !== undefined) await notePushed(tx, takenAt);
      });
    }
  }
}
