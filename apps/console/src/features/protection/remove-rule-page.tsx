import { listRules, removeRule, showRule } from "@pomona/contract";
import { useNavigate } from "@tanstack/react-router";
import { useAction, usePerform } from "../../client/use-action.ts";
import { ConfirmPage } from "../../kit/confirm-page.tsx";
import { toast } from "../../kit/toasts.ts";
import { useUrlParam } from "../../kit/url.ts";
import { ruleSentence } from "./rule-sentence.ts";

/** What it means to remove a rule, before it is done. */
export const RemoveRulePage = () => {
  const ruleId = useUrlParam("ruleId");
  const navigate = useNavigate();
  const rule = useAction(showRule, { ruleId }).data;
  const remove = usePerform(removeRule, [listRules]);
  return (
    <ConfirmPage
      title={rule === undefined ? "Remove rule" : `Remove “${rule.name}”?`}
      verb="Remove the rule"
      back={{ to: `/protection/rules/${ruleId}`, label: "Back to the rule" }}
      busy={remove.isPending}
      problem={remove.error}
      onConfirm={() =>
        remove.mutate(
          { ruleId },
          {
            onSuccess: () => {
              toast({ tone: "good", title: "Rule removed" });
              void navigate({ to: "/protection/rules" });
            },
          },
        )
      }
    >
      {rule !== undefined && <p style={{ marginTop: 0 }}>{ruleSentence(rule)}</p>}
      <p style={{ margin: 0 }}>
        Macs that are online stop enforcing it within a second; those that are offline when they come back. Its
        incidents stay.
      </p>
    </ConfirmPage>
  );
};
