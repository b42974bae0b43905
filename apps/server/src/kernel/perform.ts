import type { ActionContract, Risk } from "@pomona/contract";
import { Compile } from "typebox/compile";
import type { BoundAction } from "./action.ts";
import { PomonaError } from "./errors.ts";
import type { Kernel } from "./feature.ts";
import { may, type Scope } from "./scope.ts";
import type { ReadTransaction, WriteTransaction } from "./store.ts";

/** What `perform` needs beyond the kernel; features provide it. */
export interface PerformPorts {
  readonly audit: AuditTrail;
  readonly budget: Budget;
  readonly idempotency: Idempotency;
}

export interface AuditTrail {
  record(tx: WriteTransaction, entry: AuditRecord): Promise<void>;
}
export interface AuditRecord {
  readonly action: string;
  readonly outcome: "done" | "refused" | "failed";
  /** Only what an auditor may see; the rest says "(omitted)". */
  readonly input: Readonly<Record<string, unknown>>;
  readonly reason?: string;
}

/** How many devices an actor may touch in an hour, by risk. */
export interface Budget {
  /** @throws PomonaError `budget.exceeded` */
  charge(tx: WriteTransaction, risk: Risk, devices: number, action: string): Promise<void>;
}

/** Answers of actions that were repeated with the same key, for 24 hours. */
export interface Idempotency {
  /** @throws PomonaError `idempotency.other-body` when the key was used for another input */
  find(
    tx: ReadTransaction,
    action: string,
    key: string,
    input: string,
  ): Promise<{ readonly output: unknown } | undefined>;
  keep(tx: WriteTransaction, action: string, key: string, input: string, output: unknown): Promise<void>;
}

export interface PerformOptions {
  readonly idempotencyKey?: string;
}

/**
 * The one path that every request takes: parse, permit, open a transaction bound to the tenant, charge the budget, run,
 * audit; facts are published with the commit.
 */
export class Performer {
  readonly #kernel: Kernel;
  readonly #ports: PerformPorts;
  readonly #parsers = new Map<string, (raw: unknown) => unknown>();

  constructor(kernel: Kernel, ports: PerformPorts) {
    this.#kernel = kernel;
    this.#ports = ports;
  }

  /** @throws PomonaError what is wrong and what to do; anything else that escapes is a fault of ours */
  async perform(action: BoundAction, scope: Scope, raw: unknown, options: PerformOptions = {}): Promise<unknown> {
    const { contract } = action;
    const input = this.#parse(contract, raw);
    if (!may(scope, contract.name)) {
      await this.#note(scope, {
        action: contract.name,
        outcome: "refused",
        input: shown(action, input),
        reason: "permission.missing",
      });
      throw new PomonaError(
        "forbidden",
        "permission.missing",
        `${scope.actor.name} lacks the permission ${contract.name}. An administrator of this tenant can grant it.`,
      );
    }
    try {
      const prepared = await action.prepare?.(scope, input);
      const output =
        contract.risk === "read" && contract.auditRead === undefined
          ? await this.#kernel.store.read(scope, (tx) => action.run({ scope, tx: readOnly(tx), prepared }, input))
          : await this.#change(action, scope, input, prepared, options.idempotencyKey);
      return action.finish === undefined ? output : await action.finish(scope, input, output);
    } catch (error) {
      if (contract.risk !== "read") await this.#fail(action, scope, input, error);
      throw error;
    }
  }

  #change(
    action: BoundAction,
    scope: Scope,
    input: unknown,
    prepared: unknown,
    key: string | undefined,
  ): Promise<unknown> {
    const { contract } = action;
    return this.#kernel.store.write(scope, async (tx) => {
      const repeated = key !== undefined && action.idempotent ? { key, input: JSON.stringify(input) } : undefined;
      if (repeated !== undefined) {
        const kept = await this.#ports.idempotency.find(tx, contract.name, repeated.key, repeated.input);
        if (kept !== undefined) return kept.output;
      }
      const risk = action.riskOf?.(input, prepared) ?? contract.risk;
      await this.#ports.budget.charge(tx, risk, action.devicesTouched?.(input, prepared) ?? 1, contract.name);
      const output = await action.run({ scope, tx, prepared }, input);
      await this.#ports.audit.record(tx, { action: contract.name, outcome: "done", input: shown(action, input) });
      if (repeated !== undefined) {
        await this.#ports.idempotency.keep(tx, contract.name, repeated.key, repeated.input, output);
      }
      return output;
    });
  }

  #fail(action: BoundAction, scope: Scope, input: unknown, error: unknown): Promise<void> {
    const isRefusal = error instanceof PomonaError && (error.kind === "exhausted" || error.kind === "forbidden");
    const reason = error instanceof PomonaError ? error.code : "fault";
    const record: AuditRecord = {
      action: action.contract.name,
      outcome: isRefusal ? "refused" : "failed",
      input: shown(action, input),
      reason,
    };
    return this.#note(scope, record, error instanceof PomonaError ? error.detail : undefined);
  }

  /** In a transaction of its own: the one that failed is undone, its trace must not be. */
  async #note(scope: Scope, record: AuditRecord, detail: PomonaError["detail"] = {}): Promise<void> {
    await this.#kernel.store.write(scope, async (tx) => {
      await this.#ports.audit.record(tx, record);
      if (record.reason === "budget.exceeded") {
        const { limit, risk, devices } = detail as { limit: number; risk: string; devices: number };
        const data = { action: record.action, actor: scope.actor.name, limit, risk, devices };
        await tx.publish({ type: "budget.exceeded", data });
      }
    });
  }

  #parse(contract: ActionContract, raw: unknown): unknown {
    let parse = this.#parsers.get(contract.name);
    if (parse === undefined) {
      parse = parserOf(contract);
      this.#parsers.set(contract.name, parse);
    }
    return parse(raw);
  }
}

function parserOf(contract: ActionContract): (raw: unknown) => unknown {
  const validator = Compile(contract.input);
  return (raw) => {
    if (validator.Check(raw)) return raw;
    const errors = [...validator.Errors(raw)].slice(0, 20).map(({ instancePath, message, keyword }) => ({
      path: instancePath,
      message: keyword === "boolean" ? "is not a field of this action" : message,
    }));
    const first = errors[0];
    throw new PomonaError(
      "invalid",
      "input.invalid",
      `The input does not fit ${contract.name}: ${first?.path || "it"} ${first?.message}.`,
      {
        detail: { errors },
      },
    );
  };
}

function shown({ contract, alsoAudited }: BoundAction, input: unknown): Record<string, unknown> {
  const isOpen = new Set<string>(contract.auditable);
  const fields = Object.entries(input as Record<string, unknown>).map(([key, value]) => [
    key,
    isOpen.has(key) ? value : "(omitted)",
  ]);
  return { ...(Object.fromEntries(fields) as Record<string, unknown>), ...alsoAudited?.(input) };
}

const readOnly = (tx: ReadTransaction): WriteTransaction => ({
  ...tx,
  publish: async () => {
    throw new Error("a read publishes nothing");
  },
  inTenant: () => {
    throw new Error("a read stays in its tenant");
  },
  afterCommit: () => {
    throw new Error("a read has no commit");
  },
});
