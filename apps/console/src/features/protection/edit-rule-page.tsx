import { changeRule, listRules, removeRule, showRule } from "@pomona/contract";
import { useNavigate } from "@tanstack/react-router";
import { useAction, usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { CopyText } from "../../kit/copy-text.tsx";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Page, Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import { When } from "../../kit/time/when.tsx";
import { toast } from "../../kit/toasts.ts";
import { useUrlParam } from "../../kit/url.ts";
import { RolloutState } from "./rollout-state.tsx";
import { draftOfRule } from "./rule-draft.ts";
import { RuleForm } from "./rule-form.tsx";

const UP = { to: "/protection/rules", label: "Block rules" };

/** A rule that exists: who holds it, and the form to change it. */
export const EditRulePage = () => {
  const ruleId = useUrlParam("ruleId");
  const navigate = useNavigate();
  const read = useAction(showRule, { ruleId });
  const change = usePerform(changeRule, [listRules, showRule]);
  const rule = read.data;
  if (rule === undefined)
    return (
      <Page title="Block rule" up={UP}>
        {read.error === null ? (
          <BlockSkeleton lines={8} />
        ) : (
          <ProblemPanel problem={read.error} retry={() => void read.refetch()} />
        )}
      </Page>
    );
  return (
    <Page
      title={rule.name}
      up={UP}
      beside={<RolloutState rollout={rule.rollout} />}
      actions={
        <>
          <ActionButton
            action={{ name: "protection.list-incidents" }}
            onClick={() => void navigate({ to: "/protection/incidents", search: { rule: rule.id } as never })}
          >
            Incidents of this rule
          </ActionButton>
          <ActionButton
            action={removeRule}
            onClick={() => void navigate({ to: `/protection/rules/${rule.id}/remove` })}
          >
            Remove
          </ActionButton>
        </>
      }
    >
      {rule.fallback !== null && (
        <Notice tone="attention" title="It only reports now">
          {rule.fallback} Save it again to let it block.
        </Notice>
      )}
      <RuleForm
        key={rule.id}
        start={draftOfRule(rule)}
        ruleId={rule.id}
        busy={change.isPending}
        problem={change.error}
        onSave={(fields) =>
          change.mutate(
            { ruleId: rule.id, ...fields },
            { onSuccess: () => toast({ tone: "good", title: "Rule saved" }) },
          )
        }
        beside={
          <Panel title="History">
            <FactsGrid
              rows={[
                { label: "Created", value: <When at={rule.createdAt} /> },
                { label: "By", value: <bdi>{rule.createdBy}</bdi> },
                { label: "Id", value: <CopyText text={rule.id} what="rule id" /> },
              ]}
            />
          </Panel>
        }
      />
    </Page>
  );
};
