import { createHash } from "node:crypto";
import { canonicalJson, type DesiredMessage } from "@pomona/agent-protocol";
import type { DeviceId, TenantId } from "@pomona/facts";
import type { ReadTransaction } from "../../kernel/store.ts";
import type { DesiredSource } from "../agents/index.ts";
import { type DesiredSettings, partsOf, type RuleRow, toWireRule } from "./model.ts";
import { readRules } from "./rules.sql.ts";

interface Computed {
  readonly token: string;
  readonly parts: readonly DesiredMessage[];
}

/** All rules of a tenant and what they come to for each Mac, worked out when first asked for. */
export class TenantRules {
  readonly rules: readonly RuleRow[];
  readonly #settings: DesiredSettings;
  readonly #forTenant: readonly RuleRow[];
  readonly #forDevice = new Map<DeviceId, RuleRow[]>();
  readonly #computed = new Map<DeviceId | "tenant", Computed>();

  constructor(rules: readonly RuleRow[], settings: DesiredSettings) {
    this.rules = rules;
    this.#settings = settings;
    this.#forTenant = rules.filter((rule) => "tenant" in rule.scope);
    for (const rule of rules) {
      if ("tenant" in rule.scope) continue;
      for (const deviceId of rule.scope.deviceIds) {
        const own = this.#forDevice.get(deviceId);
        if (own === undefined) this.#forDevice.set(deviceId, [rule]);
        else own.push(rule);
      }
    }
  }

  /** Macs without rules of their own share one state. */
  of(deviceId: DeviceId): Computed {
    const own = this.#forDevice.get(deviceId);
    const key = own === undefined ? "tenant" : deviceId;
    let computed = this.#computed.get(key);
    if (computed === undefined) this.#computed.set(key, (computed = this.#compute(own ?? [])));
    return computed;
  }

  #compute(own: readonly RuleRow[]): Computed {
    const rules = [...this.#forTenant, ...own].sort((a, b) => (a.id < b.id ? -1 : 1)).map(toWireRule);
    const content = canonicalJson({ rules, settings: this.#settings });
    const token = createHash("sha256").update(content, "utf8").digest("hex");
    return { token, parts: partsOf(token, rules, this.#settings) };
  }
}

/** The desired states of all tenants, kept until a rule changes. */
export class DesiredStates implements DesiredSource {
  readonly #settings: DesiredSettings;
  readonly #tenants = new Map<TenantId, TenantRules>();
  #changes = 0;

  constructor(settings: DesiredSettings) {
    this.#settings = settings;
  }

  /** After the commit of a change. */
  forget(tenantId: TenantId): void {
    this.#changes += 1;
    this.#tenants.delete(tenantId);
  }

  async rulesOf(tx: ReadTransaction): Promise<TenantRules> {
    const { tenantId } = tx.scope;
    const known = this.#tenants.get(tenantId);
    if (known !== undefined) return known;
    const before = this.#changes;
    const rules = new TenantRules(await readRules(tx), this.#settings);
    // What was read before a change that came meanwhile must not outlive it.
    if (before === this.#changes) this.#tenants.set(tenantId, rules);
    return rules;
  }

  async tokenFor(tx: ReadTransaction, deviceId: DeviceId): Promise<string> {
    return (await this.rulesOf(tx)).of(deviceId).token;
  }

  async partsFor(tx: ReadTransaction, deviceId: DeviceId): Promise<readonly DesiredMessage[]> {
    return (await this.rulesOf(tx)).of(deviceId).parts;
  }
}
