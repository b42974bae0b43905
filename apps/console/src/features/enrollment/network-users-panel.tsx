import { Group, Radio, Stack } from "@mantine/core";
import { changeNetworkUserPolicy, type NetworkUserPolicy, showNetworkUserPolicy } from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ApiCall } from "../../kit/api-call.tsx";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { toast } from "../../kit/toasts.ts";

/** Whether users whom a directory vouches for get a management channel of their own. */
export const NetworkUsersPanel = ({ policy }: { policy: NetworkUserPolicy }) => {
  const [chosen, setChosen] = useState(policy.networkUsers);
  const change = usePerform(changeNetworkUserPolicy, [showNetworkUserPolicy]);
  return (
    <Panel title="Network users">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate(
            { networkUsers: chosen },
            { onSuccess: () => toast({ tone: "good", title: "The rule for network users is in force" }) },
          );
        }}
      >
        <Stack gap={16} maw={720}>
          <Radio.Group
            label="When a user of a directory logs in to a managed Mac"
            value={chosen}
            onChange={(value) => setChosen(value === "accept" ? "accept" : "decline")}
          >
            <Stack gap={12} mt={12}>
              <Radio
                value="decline"
                label="They get no channel"
                description="Only the Mac itself and its managed local user are managed. macOS asks again at their next login."
              />
              <Radio
                value="accept"
                label="They get a management channel of their own"
                description="Profiles and commands can be meant for that user alone, on every Mac where they log in."
              />
            </Stack>
          </Radio.Group>
          {change.error !== null && <ProblemPanel problem={change.error} />}
          <Group>
            <ActionButton
              action={changeNetworkUserPolicy}
              type="submit"
              variant="filled"
              loading={change.isPending}
              disabled={chosen === policy.networkUsers}
            >
              Save
            </ActionButton>
          </Group>
          <ApiCall action={changeNetworkUserPolicy} input={{ networkUsers: chosen }} />
        </Stack>
      </form>
    </Panel>
  );
};
