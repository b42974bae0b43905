import { showEnrollmentPolicy, showNetworkUserPolicy } from "@pomona/contract";
import { useAction } from "../../client/use-action.ts";
import { Page } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import { EnrollmentTabs } from "./enrollment-tabs.tsx";
import { IdentityPolicyPanel } from "./identity-policy-panel.tsx";
import { NetworkUsersPanel } from "./network-users-panel.tsx";

/** What the tenant decided about how Macs and their users come in. */
export const PolicyPage = () => {
  const identity = useAction(showEnrollmentPolicy, {});
  const users = useAction(showNetworkUserPolicy, {});
  return (
    <Page title="Enrollment">
      <EnrollmentTabs />
      {[identity, users].map(
        (read, index) =>
          read.data === undefined &&
          read.error !== null && <ProblemPanel key={index} problem={read.error} retry={() => void read.refetch()} />,
      )}
      {identity.data === undefined && identity.error === null && <BlockSkeleton lines={8} />}
      {identity.data !== undefined && <IdentityPolicyPanel key={identity.data.identity} policy={identity.data} />}
      {users.data !== undefined && <NetworkUsersPanel key={users.data.networkUsers} policy={users.data} />}
    </Page>
  );
};
