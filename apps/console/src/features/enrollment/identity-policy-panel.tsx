import { Group, Radio, Stack } from "@mantine/core";
import {
  changeEnrollmentPolicy,
  type EnrollmentPolicy,
  type IdentityMethod,
  showEnrollmentPolicy,
} from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ApiCall } from "../../kit/api-call.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { toast } from "../../kit/toasts.ts";
import { IDENTITY_METHODS } from "./identity-words.ts";

/** How Macs get their identity where an enrollment link does not say. */
export const IdentityPolicyPanel = ({ policy }: { policy: EnrollmentPolicy }) => {
  const [chosen, setChosen] = useState<IdentityMethod>(policy.identity);
  const change = usePerform(changeEnrollmentPolicy, [showEnrollmentPolicy]);
  return (
    <Panel title="How Macs get their identity">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate(
            { identity: chosen },
            { onSuccess: () => toast({ tone: "good", title: "New enrollment links follow the new rule" }) },
          );
        }}
      >
        <Stack gap={16} maw={720}>
          {!policy.canAttest && (
            <Notice tone="attention" title="This server cannot check what Apple attests">
              It has no root to check against, so ACME is refused and “where able” means SCEP. Whoever runs the server
              gets Apple's Enterprise Attestation Root CA, names its file in POMONA_ATTESTATION_ROOTS, and starts it
              again.
            </Notice>
          )}
          <Radio.Group
            label="Where an enrollment link does not say"
            description="It holds for links that are made from now on. Those that exist keep what they were made with; so do Macs that are enrolled, and their renewals."
            value={chosen}
            onChange={(value) =>
              setChosen(IDENTITY_METHODS.find((each) => each.value === value)?.value ?? policy.identity)
            }
          >
            <Stack gap={12} mt={12}>
              {IDENTITY_METHODS.map((each) => (
                <Radio key={each.value} {...each} disabled={each.value === "acme" && !policy.canAttest} />
              ))}
            </Stack>
          </Radio.Group>
          {change.error !== null && <ProblemPanel problem={change.error} />}
          <Group>
            <ActionButton
              action={changeEnrollmentPolicy}
              type="submit"
              variant="filled"
              loading={change.isPending}
              disabled={chosen === policy.identity}
            >
              Save
            </ActionButton>
          </Group>
          <ApiCall action={changeEnrollmentPolicy} input={{ identity: chosen }} />
        </Stack>
      </form>
    </Panel>
  );
};
