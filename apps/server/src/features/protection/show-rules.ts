import { listRules, showRule } from "@pomona/contract";
import { bindAction } from "../../kernel/action.ts";
import { notFound } from "../../kernel/errors.ts";
import { toRule } from "./model.ts";
import type { Rollout } from "./rollout.ts";
import { readRules } from "./rules.sql.ts";

export const ruleReads = (rollout: Rollout) => [
  bindAction(listRules, {
    run: async ({ tx }, { limit = 100, cursor }) => {
      const rules = (await readRules(tx)).toReversed().filter(({ id }) => cursor === undefined || id < cursor);
      const shown = rules.slice(0, limit);
      const progress = await rollout.of(tx, shown);
      return {
        items: shown.map((rule) => toRule(rule, progress.get(rule.id)!)),
        nextCursor: rules.length > limit ? shown.at(-1)!.id : null,
      };
    },
  }),
  bindAction(showRule, {
    run: async ({ tx }, { ruleId }) => {
      const rule = (await readRules(tx)).find(({ id }) => id === ruleId);
      if (rule === undefined) throw notFound("rule", ruleId);
      return toRule(rule, (await rollout.of(tx, [rule])).get(rule.id)!);
    },
  }),
];
