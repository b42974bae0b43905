import type { AppliedMessage } from "@pomona/agent-protocol";
import type { Rule } from "@pomona/contract";
import type { DeviceId, TenantId } from "@pomona/facts";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";
import type { AgentIdentity, MessageHandler } from "../agents/index.ts";
import { readFleet } from "../devices/index.ts";
import type { DesiredStates } from "./desired-state.ts";
import type { RuleRow } from "./model.ts";
import { type AppliedState, putApplied, readApplied } from "./rules.sql.ts";

/** How far rules have come: which Macs are meant, and which said that they hold them. */
export class Rollout {
  readonly #kernel: Kernel;
  readonly #states: DesiredStates;
  readonly #tell: (to: readonly AgentIdentity[]) => void;

  constructor(kernel: Kernel, states: DesiredStates, tell: (to: readonly AgentIdentity[]) => void) {
    this.#kernel = kernel;
    this.#states = states;
    this.#tell = tell;
  }

  /** After the commit of a change, Macs that are online and hold something else are told at once. */
  changed(tx: WriteTransaction): void {
    const { tenantId } = tx.scope;
    tx.afterCommit(() => {
      this.#states.forget(tenantId);
      this.#outdated(tenantId).then(this.#tell, (error: unknown) =>
        this.#kernel.log.error("protection.rollout-failed", { error: String(error) }),
      );
    });
  }

  /** Of a rule that was just written: nobody holds it yet. */
  async expected(tx: ReadTransaction, rule: RuleRow): Promise<Rule["rollout"]> {
    return { confirmed: 0, meant: meantFor(rule, await readFleet(tx)).length };
  }

  async of(tx: ReadTransaction, rules: readonly RuleRow[]): Promise<ReadonlyMap<string, Rule["rollout"]>> {
    const fleet = await readFleet(tx);
    const applied = new Map((await readApplied(tx)).map((state) => [state.deviceId, state]));
    const current = await this.#states.rulesOf(tx);
    const holds = (deviceId: DeviceId, rule: RuleRow) => {
      const state = applied.get(deviceId);
      return state?.token === current.of(deviceId).token && !isRejected(state, rule);
    };
    return new Map(
      rules.map((rule) => {
        const meant = meantFor(rule, fleet);
        return [rule.id, { confirmed: meant.filter((id) => holds(id, rule)).length, meant: meant.length }];
      }),
    );
  }

  readonly onApplied: MessageHandler<AppliedMessage> = (tx, { deviceId }, { token, rejected }) =>
    putApplied(tx, { deviceId, token, rejected });

  #outdated(tenantId: TenantId): Promise<readonly AgentIdentity[]> {
    return this.#kernel.store.read(systemScope(tenantId, "protection"), async (tx) => {
      const current = await this.#states.rulesOf(tx);
      const applied = new Map((await readApplied(tx)).map(({ deviceId, token }) => [deviceId, token]));
      return (await readFleet(tx))
        .filter(({ id, isOnline }) => isOnline && applied.get(id) !== current.of(id).token)
        .map(({ id }) => ({ tenantId, deviceId: id }));
    });
  }
}

type Fleet = Awaited<ReturnType<typeof readFleet>>;

/** A rule for the tenant is meant for its Macs with an agent; one for named Macs for all of these. */
function meantFor({ scope }: RuleRow, fleet: Fleet): readonly DeviceId[] {
  if ("deviceIds" in scope) return scope.deviceIds;
  return fleet.filter(({ hasAgent }) => hasAgent).map(({ id }) => id);
}

const isRejected = ({ rejected }: AppliedState, rule: RuleRow) => rejected.some(({ ruleId }) => ruleId === rule.id);
