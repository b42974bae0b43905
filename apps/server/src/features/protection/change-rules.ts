import { changeRule, createRule, type InputOf, removeRule } from "@pomona/contract";
import { asId, type RuleId } from "@pomona/facts";
import { type BlockRule, normaliseRule, validateRule } from "@pomona/rules";
import { bindAction } from "../../kernel/action.ts";
import { newId } from "../../kernel/clock.ts";
import { notFound, PomonaError } from "../../kernel/errors.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { readFleet } from "../devices/index.ts";
import type { RuleRow, RuleScope } from "./model.ts";
import { toRule } from "./model.ts";
import type { Rollout } from "./rollout.ts";
import { markRuleRemoved, putRule, readRules } from "./rules.sql.ts";

type RuleInput = InputOf<typeof createRule>;

const devicesTouched = ({ scope }: RuleInput) => ("tenant" in scope ? 1 : scope.deviceIds.length);

export const ruleChanges = (rollout: Rollout) => [
  bindAction(createRule, {
    devicesTouched,
    run: async ({ tx, scope }, input) => {
      const rule = await ruleFrom(tx, newId<"rule">(tx.now), input, { createdAt: tx.now, createdBy: scope.actor.name });
      await putRule(tx, rule);
      await tx.publish({ type: "rule.changed", data: { ruleId: rule.id, name: rule.name } });
      rollout.changed(tx);
      return toRule(rule, await rollout.expected(tx, rule));
    },
  }),
  bindAction(changeRule, {
    devicesTouched,
    run: async ({ tx }, input) => {
      const known = await find(tx, input.ruleId);
      const rule = await ruleFrom(tx, known.id, input, known);
      await putRule(tx, rule);
      await tx.publish({ type: "rule.changed", data: { ruleId: rule.id, name: rule.name } });
      rollout.changed(tx);
      return toRule(rule, await rollout.expected(tx, rule));
    },
  }),
  bindAction(removeRule, {
    run: async ({ tx }, { ruleId }) => {
      const rule = await find(tx, ruleId);
      await markRuleRemoved(tx, rule.id);
      await tx.publish({ type: "rule.removed", data: { ruleId: rule.id, name: rule.name } });
      rollout.changed(tx);
      return {};
    },
  }),
];

async function find(tx: WriteTransaction, ruleId: string): Promise<RuleRow> {
  const rule = (await readRules(tx)).find(({ id }) => id === ruleId);
  if (rule === undefined) throw notFound("rule", ruleId);
  return rule;
}

/** @throws PomonaError `rule.invalid` with the fields, `device.not-found` */
async function ruleFrom(
  tx: WriteTransaction,
  id: RuleId,
  input: RuleInput,
  made: Pick<RuleRow, "createdAt" | "createdBy">,
): Promise<RuleRow> {
  const { name, match, mode, message, expiresAt, allowPlatformBinary } = input;
  const given = {
    id,
    name,
    match,
    mode,
    ...(message === undefined ? {} : { message }),
    ...(expiresAt === undefined ? {} : { expiresAt: timeOf(expiresAt) }),
    ...(allowPlatformBinary === undefined ? {} : { allowPlatformBinary }),
  } as BlockRule;
  const problems = validateRule(given);
  if (problems.length > 0) throw invalid(problems);
  const rule = normaliseRule(given);
  return {
    id,
    name: rule.name,
    match: rule.match,
    mode: rule.mode,
    message: rule.message,
    expiresAt: rule.expiresAt,
    allowPlatformBinary: rule.allowPlatformBinary === true,
    scope: await scopeOf(tx, input.scope),
    createdAt: made.createdAt,
    createdBy: made.createdBy,
    fallback: null,
  };
}

function invalid(problems: readonly { readonly field: string; readonly message: string }[]): PomonaError {
  const errors = problems.map(({ field, message }) => ({ path: `/${field.replaceAll(".", "/")}`, message }));
  return new PomonaError("invalid", "rule.invalid", problems[0]!.message, { detail: { errors } });
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (Number.isFinite(time)) return time;
  throw invalid([{ field: "expiresAt", message: "The expiry is a time such as 2026-01-02T03:04:05Z." }]);
}

async function scopeOf(tx: WriteTransaction, scope: RuleInput["scope"]): Promise<RuleScope> {
  if ("tenant" in scope) return { tenant: true };
  const known = new Set<string>((await readFleet(tx)).map(({ id }) => id));
  const unknown = scope.deviceIds.find((id) => !known.has(id));
  if (unknown !== undefined) throw notFound("device", unknown);
  return { deviceIds: scope.deviceIds.map((id) => asId<"device">(id)) };
}
