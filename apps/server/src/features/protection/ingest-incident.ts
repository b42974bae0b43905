import type { IncidentMessage } from "@pomona/agent-protocol";
import { asId, type DeviceId } from "@pomona/facts";
import { newId } from "../../kernel/clock.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import type { MessageHandler } from "../agents/index.ts";
import { readDevice } from "../devices/index.ts";
import { insertIncident } from "./incidents.sql.ts";
import type { KillBudget } from "./kill-budget.ts";
import type { RuleRow } from "./model.ts";
import type { Rollout } from "./rollout.ts";
import { putRule, readRuleName, readRules } from "./rules.sql.ts";

/** A rule hit, its row and its fact in one transaction. Our id is our own: a Mac cannot take one that is another's. */
export const ingestIncident =
  (budget: KillBudget, rollout: Rollout): MessageHandler<IncidentMessage> =>
  async (tx, { deviceId }, message) => {
    const device = await readDevice(tx, deviceId);
    if (device === undefined) return;
    // Unknown to us when its tenant was restored from a backup; what the Mac did is still worth knowing.
    const ruleName = (await readRuleName(tx, message.ruleId)) ?? "(unknown rule)";
    const id = newId<"incident">(tx.now);
    if (!(await insertIncident(tx, { id, deviceId, deviceName: device.name, ruleName, message }))) return;
    const ruleId = asId<"rule">(message.ruleId);
    await tx.publish({
      type: "incident.opened",
      deviceId,
      data: {
        incidentId: id,
        ruleId,
        ruleName,
        path: message.process.path,
        action: message.action,
        outcome: message.outcome,
      },
    });
    if (message.action !== "kill" || message.outcome !== "killed") return;
    if (!budget.spend(tx.scope.tenantId, message.ruleId, deviceId, message.eventAt)) return;
    const rule = (await readRules(tx)).find((row) => row.id === message.ruleId);
    if (rule !== undefined && isMeantFor(rule, deviceId)) await fallBack(tx, rollout, rule);
  };

/** What a Mac says of a rule that it was never sent disarms nothing. */
const isMeantFor = ({ scope }: RuleRow, deviceId: DeviceId): boolean =>
  "tenant" in scope || scope.deviceIds.includes(deviceId);

async function fallBack(tx: WriteTransaction, rollout: Rollout, rule: RuleRow): Promise<void> {
  if (rule.fallback !== null) return;
  const reason = "It killed more in one minute than a rule may on the whole fleet. Change it to let it block again.";
  await putRule(tx, { ...rule, fallback: reason });
  await tx.publish({ type: "rule.fell-back", data: { ruleId: rule.id, reason } });
  rollout.changed(tx);
}
