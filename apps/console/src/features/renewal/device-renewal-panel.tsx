import { type IssuedIdentity, listRenewals, renewDevice } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { useAction } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import { State } from "../../kit/state-badge.tsx";
import { useNow } from "../../kit/time/use-now.ts";
import { When } from "../../kit/time/when.tsx";
import { renewalWord } from "./renewal-words.ts";
import { useRenewNow } from "./use-renew-now.ts";

interface DeviceRenewalPanelProps {
  deviceId: string;
  identities: readonly IssuedIdentity[];
}

/** When this Mac's MDM identity ends, and how far the next one is. */
export const DeviceRenewalPanel = ({ deviceId, identities }: DeviceRenewalPanelProps) => {
  const read = useAction(listRenewals, { deviceId });
  const { renewNow, isPending } = useRenewNow();
  const now = useNow();
  const renewal = read.data?.items[0];
  const current = identities.find(({ role, revokedAt }) => role === "mdm" && revokedAt === null);
  return (
    <Panel
      title="Renewal of the MDM identity"
      beside={
        <ActionButton action={renewDevice} size="compact-xs" loading={isPending} onClick={() => renewNow(deviceId)}>
          Renew now
        </ActionButton>
      }
    >
      {read.data === undefined &&
        (read.error === null ? (
          <BlockSkeleton lines={2} />
        ) : (
          <ProblemPanel problem={read.error} retry={() => void read.refetch()} />
        ))}
      {read.data !== undefined && renewal === undefined && (
        <span>
          It is not due.{" "}
          {current !== undefined && (
            <>
              The identity in use ends <When at={current.notAfter} />, and is renewed by itself in the half year before.
            </>
          )}
        </span>
      )}
      {renewal !== undefined && (
        <FactsGrid
          rows={[
            { label: "State", value: <State {...renewalWord(renewal, now)} /> },
            { label: "Why", value: renewal.reason },
            { label: "The identity in use ends", value: <When at={renewal.expiresAt} /> },
            { label: "Attempts", value: String(renewal.attempts) },
            { label: "Next try", value: <When at={renewal.nextAt} never="one is under way" /> },
            ...(renewal.commandId === null
              ? []
              : [
                  {
                    label: "Sent as",
                    value: <Link to={`/devices/${deviceId}/commands`}>an InstallProfile among the commands</Link>,
                  },
                ]),
          ]}
        />
      )}
    </Panel>
  );
};
