import { showEscrow } from "@pomona/contract";
import { useAction } from "../../client/use-action.ts";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { Page, Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import { When } from "../../kit/time/when.tsx";
import { CertificatePanel } from "./certificate-panel.tsx";
import { FindingsPanel } from "./findings-panel.tsx";
import { OpenDeparturesPanel } from "./open-departures-panel.tsx";
import { PoliciesPanel } from "./policies-panel.tsx";
import { RecipientPanel } from "./recipient-panel.tsx";
import { RecoveryPanel } from "./recovery-panel.tsx";
import { SECRET_TITLES } from "./secret-words.ts";

/** Escrow over all Macs: what somebody should look at first, then what is held and how. */
export const EscrowPage = () => {
  const read = useAction(showEscrow, {});
  const escrow = read.data;
  if (escrow === undefined)
    return (
      <Page title="Escrow">
        {read.error === null ? (
          <BlockSkeleton lines={8} />
        ) : (
          <ProblemPanel problem={read.error} retry={() => void read.refetch()} />
        )}
      </Page>
    );
  return (
    <Page
      title="Escrow"
      lead={
        <>
          All that is held was last opened as a test <When at={escrow.lastCheckedAt} />.
        </>
      }
    >
      <RecoveryPanel summary={escrow.recovery} />
      {escrow.recipient !== null && <RecipientPanel recipient={escrow.recipient} />}
      <FindingsPanel
        title="Does not open, or does not fit"
        tone="act"
        found={escrow.broken}
        none="All that is held opens, and nothing that was proven on a Mac failed."
      />
      <FindingsPanel
        title="Failed replacements"
        tone="act"
        found={escrow.failedRotations}
        none="No replacement of a secret has failed."
      />
      <FindingsPanel
        title="Without a bootstrap token"
        tone="attention"
        found={escrow.withoutBootstrapToken}
        none="Every Mac that has been enrolled for a day has one here."
      />
      <FindingsPanel
        title="FileVault without a recovery key"
        tone="attention"
        found={escrow.withoutRecoveryKey}
        none="Every Mac with FileVault on has its recovery key here."
      />
      <FindingsPanel
        title="Bypass codes that macOS soon no longer hands out"
        tone="attention"
        found={escrow.expiringCodes}
        none="None is about to run out."
      />
      <OpenDeparturesPanel />
      <Panel title="What is held">
        <FactsGrid
          rows={escrow.kinds.map(({ kind, held, unconfirmed }) => ({
            label: SECRET_TITLES[kind],
            value: `${held.toLocaleString("en")} held${unconfirmed === 0 ? "" : `, ${unconfirmed.toLocaleString("en")} unconfirmed`}`,
          }))}
        />
      </Panel>
      <PoliciesPanel />
      <CertificatePanel certificate={escrow.certificate} />
    </Page>
  );
};
