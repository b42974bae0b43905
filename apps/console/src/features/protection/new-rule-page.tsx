import { createRule, listRules, showIncident } from "@pomona/contract";
import { useNavigate } from "@tanstack/react-router";
import { useAction, usePerform } from "../../client/use-action.ts";
import { Page } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import { toast } from "../../kit/toasts.ts";
import { useUrlSearch } from "../../kit/url.ts";
import { draftOfIncident, EMPTY_DRAFT, type RuleDraft } from "./rule-draft.ts";
import { RuleForm } from "./rule-form.tsx";

/** A new rule; from an incident (`?incident=`) or for chosen Macs (`?devices=`) it starts filled. */
export const NewRulePage = () => {
  const { incident: incidentId, devices } = useUrlSearch();
  const navigate = useNavigate();
  const incident = useAction(showIncident, { incidentId: incidentId ?? "" }, { enabled: incidentId !== undefined });
  const create = usePerform(createRule, [listRules]);
  const deviceIds = (devices ?? "").split(",").filter(Boolean);
  const forDevices: Partial<RuleDraft> = deviceIds.length === 0 ? {} : { wholeTenant: false, deviceIds };
  const waits = incidentId !== undefined && incident.data === undefined;
  return (
    <Page title="New block rule" up={{ to: "/protection/rules", label: "Block rules" }}>
      {waits && incident.error === null && <BlockSkeleton lines={8} />}
      {waits && incident.error !== null && (
        <ProblemPanel problem={incident.error} retry={() => void incident.refetch()} />
      )}
      {!waits && (
        <RuleForm
          start={{ ...(incident.data === undefined ? EMPTY_DRAFT : draftOfIncident(incident.data)), ...forDevices }}
          busy={create.isPending}
          problem={create.error}
          onSave={(rule) =>
            create.mutate(rule, {
              onSuccess: (made) => {
                toast({
                  tone: "good",
                  title: "Rule created",
                  text: "The Macs that are online take it now, the others when they come back.",
                });
                void navigate({ to: `/protection/rules/${made.id}` });
              },
            })
          }
        />
      )}
    </Page>
  );
};
